import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FIXERS } from '../../../../src/core/source/fixes/registry.ts';
import { PythonCode } from '../../../../src/core/source/python-code.ts';

const SCRIPTS = 'test/fixtures/scripts';
const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

/** A script of our own in which every fix of a plain loop has something to do; it tells its losses. */
const SUMMED = `import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def main():
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(64, 8), torch.arange(64) % 2)
    loader = DataLoader(data, batch_size=8)
    model = nn.Sequential(nn.Unflatten(1, (1, 8)), nn.Conv1d(1, 2, 3), nn.Flatten(), nn.Linear(12, 2)).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(2):
        running = 0.0
        correct = 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            out = model(x)
            loss = criterion(out, y)
            loss.backward()
            optimizer.step()
            running += loss.item() * x.size(0)
            correct += (out.argmax(1) == y).sum().item()
            print("step", loss.item())
        print(f"epoch {epoch} {running / 64:.2f} {correct}/{64}")


if __name__ == "__main__":
    main()
`;

describe('fixed scripts run with PyTorch', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-fixed-'));

  before(function () {
    if (spawnSync(PYTHON, ['-c', 'import torch']).status !== 0) {
      process.stdout.write('  Skipped, 6 tests: there is no python3 with torch (or PYTHON).\n');
      this.skip();
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(text: string): string {
    const path = join(folder, 'train.py');
    writeFileSync(path, text);
    const { status, stdout, stderr } = spawnSync(PYTHON, [path], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: resolve(SCRIPTS, 'stubs') },
    });
    assert.equal(status, 0, `${stderr}\n${text}`);
    return stdout;
  }

  /** With every fix that is offered, one after the other, at a line. */
  function fixAll(text: string, mark: string, left: readonly string[] = []) {
    let code = new PythonCode(text);
    const ids: string[] = [];
    for (const fixer of FIXERS.filter(({ id }) => !left.includes(id))) {
      const line = code.text.split('\n').findIndex((one) => one.includes(mark)) + 1;
      const fix = fixer.offer(code, { line }, null);
      if (fix !== null && fix.edits.length > 0) {
        ids.push(fixer.id);
        code = code.edited(fix.edits);
      }
    }
    return { ids, text: code.text };
  }

  it('with all fixes of a plain loop at once, and come to the same numbers', () => {
    const { ids, text } = fixAll(SUMMED, 'loss.backward()', ['autocast']);
    assert.deepEqual(ids, [
      'num-workers',
      'persistent-workers',
      'pin-memory',
      'non-blocking',
      'prefetch-factor',
      'accumulate-on-device',
      'log-seldom',
      'tf32',
      'cudnn-benchmark',
      'set-to-none',
    ]);
    const epochs = (output: string): readonly string[] =>
      output.split('\n').filter((line) => line.startsWith('epoch'));
    const before = run(SUMMED);
    const after = run(text);
    assert.equal(epochs(before).length, 2);
    assert.deepEqual(epochs(after), epochs(before));
    assert.equal(before.split('\n').filter((line) => line.startsWith('step')).length, 16);
    assert.equal(after.split('\n').filter((line) => line.startsWith('step')).length, 2);
  });

  it('with autocast', () => {
    const { ids, text } = fixAll(
      SUMMED,
      'loss.backward()',
      FIXERS.map(({ id }) => id).filter((id) => id !== 'autocast'),
    );
    assert.deepEqual(ids, ['autocast']);
    assert.match(run(text), /epoch 1 0\.\d\d \d+\/64/);
  });

  for (const name of ['plain_loop', 'grad_accumulation', 'trainer_class', 'amp_scaler']) {
    it(`of the style of ${name}`, () => {
      const original = readFileSync(join(SCRIPTS, `${name}.py`), 'utf8');
      const { ids, text } = fixAll(original, 'backward()');
      assert.ok(ids.length >= 3, ids.join(' '));
      run(text);
    });
  }
});
