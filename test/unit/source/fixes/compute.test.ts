import assert from 'node:assert/strict';
import { autocast } from '../../../../src/core/source/fixes/autocast.ts';
import { cudnnBenchmark } from '../../../../src/core/source/fixes/cudnn-benchmark.ts';
import { dataParallel } from '../../../../src/core/source/fixes/data-parallel.ts';
import { frameworkPrecision } from '../../../../src/core/source/fixes/framework-precision.ts';
import { noSync } from '../../../../src/core/source/fixes/no-sync.ts';
import { tf32 } from '../../../../src/core/source/fixes/tf32.ts';
import { trainerPinMemory } from '../../../../src/core/source/fixes/trainer-pin-memory.ts';
import { trainerWorkers } from '../../../../src/core/source/fixes/trainer-workers.ts';
import { applyFixer, offerAt } from './apply-fixer.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

describe('autocast', () => {
  const script = (...inside: readonly string[]): string =>
    lines(
      'import torch',
      'model = Net().cuda()',
      'for x, y in loader:  # here',
      ...inside.map((line) => `    ${line}`),
    );
  const plain = [
    'opt.zero_grad()',
    'out = model(x)',
    '',
    'loss = criterion(out, y)',
    'loss.backward()',
  ];

  it('goes around forward and loss, and nothing else', () => {
    assert.equal(
      applyFixer(autocast, script(...plain)),
      script(
        'opt.zero_grad()',
        'with torch.autocast("cuda", dtype=torch.bfloat16):',
        '    out = model(x)',
        '',
        '    loss = criterion(out, y)',
        'loss.backward()',
      ).replaceAll(/^ +$/gm, '    '),
    );
  });

  it('asks the device where that may be the processor', () => {
    const device = 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n';
    const text = script(...plain).replace('model =', `${device}model =`);
    assert.match(applyFixer(autocast, text) ?? '', /with torch\.autocast\(device\.type, dtype/);
  });

  it('is not offered where precision is chosen, or the statements are not plain', () => {
    const unsafe: readonly string[] = [
      script('with torch.cuda.amp.autocast():', '    loss = model(x)', 'loss.backward()'),
      script('out = model(x.half())', 'loss = f(out)', 'loss.backward()'),
      script('out = model(x)', 'loss = nn.BCELoss()(out, y)', 'loss.backward()'),
      script('out = model(x)', 'if y:', '    n = 1', 'loss = criterion(out, y)', 'loss.backward()'),
      script(
        'out = model(x)',
        'loss = criterion(out, y)',
        'loss.backward()',
        'a = out.cpu().numpy()',
      ),
      script('out = model(x)', 'loss = criterion(out, y)', 'scaler.scale(loss).backward()'),
      script('out = model(x)', 'loss = criterion(out, y)', 'accelerator.backward(loss)'),
      script('loss = criterion(model(x), y)', 'loss.backward()', 'other.backward()'),
      script(...plain).replace('.cuda()', ''),
      script(...plain).replace('import torch', 'from torch import nn'),
    ];
    for (const text of unsafe) {
      assert.equal(offerAt(autocast, text), null, text);
    }
  });
});

describe('no_sync', () => {
  const script = (...inside: readonly string[]): string =>
    lines(
      'from torch.nn.parallel import DistributedDataParallel as DDP',
      'model = DDP(net)',
      'for i, (x, y) in enumerate(loader):  # here',
      ...inside.map((line) => `    ${line}`),
    );
  const steps = ['if (i + 1) % 4 == 0:', '    opt.step()', '    opt.zero_grad()'];

  it('goes around the passes that no update follows', () => {
    assert.equal(
      applyFixer(noSync, script('loss = f(model(x), y) / 4', 'loss.backward()', ...steps)),
      `from contextlib import nullcontext\n${script(
        'with nullcontext() if (i + 1) % 4 == 0 else model.no_sync():',
        '    loss = f(model(x), y) / 4',
        '    loss.backward()',
        ...steps,
      )}`,
    );
    assert.match(
      applyFixer(
        noSync,
        script('loss = model(x)', 'loss.backward()', 'if i % 4 < 3:', '    continue', 'opt.step()'),
      ) ?? '',
      /with model\.no_sync\(\) if i % 4 < 3 else nullcontext\(\):/,
    );
  });

  it('is not offered without accumulation, or where ranks or statements cannot be told', () => {
    const ready = ['loss = model(x)', 'loss.backward()'];
    const unsafe: readonly string[] = [
      script(...ready, 'opt.step()'),
      script(...ready, ...steps).replace('DDP(net)', 'net'),
      script(...ready, ...steps).replace('model = DDP(net)', 'if many:\n    model = DDP(net)'),
      script('i = loss = model(x)', 'loss.backward()', ...steps),
      script(...ready, 'if scaler.ready() and i % 4 == 0:', '    opt.step()'),
      script(...ready, ...steps, 'else:', '    n = 1'),
      script('with model.no_sync():', '    loss = model(x)', '    loss.backward()', ...steps),
    ];
    for (const text of unsafe) {
      assert.equal(offerAt(noSync, text), null, text);
    }
  });
});

describe('settings of torch', () => {
  const script =
    'import os\nimport torch\nfrom torch import nn\n\nnet = nn.Conv2d(3, 8, 3).cuda()\n';

  it('stand behind the imports, one below the other', () => {
    const first = applyFixer(cudnnBenchmark, script) ?? '';
    assert.equal(first, script.replace('nn\n', 'nn\n\ntorch.backends.cudnn.benchmark = True\n'));
    assert.equal(
      applyFixer(tf32, first),
      first.replace('= True\n', '= True\ntorch.set_float32_matmul_precision("high")\n'),
    );
    const windows = script.replaceAll('\n', '\r\n');
    assert.equal(applyFixer(cudnnBenchmark, windows), first.replaceAll('\n', '\r\n'));
  });

  it('are not offered where someone has decided, or they would do nothing', () => {
    const decided = `${script}torch.backends.cudnn.deterministic = True\n`;
    assert.equal(offerAt(cudnnBenchmark, decided), null);
    assert.equal(offerAt(cudnnBenchmark, script.replace('Conv2d', 'Linear')), null);
    assert.equal(offerAt(tf32, script.replace('.cuda()', '')), null);
    assert.equal(offerAt(tf32, script.replace('import torch\n', '')), null);
    assert.equal(offerAt(tf32, `${script}torch.backends.cuda.matmul.allow_tf32 = False\n`), null);
  });
});

describe('options of frameworks', () => {
  const trainer = (options: string): string =>
    `from transformers import TrainingArguments\na = TrainingArguments("out", ${options})\n`;

  it('are set in the call that has them', () => {
    assert.match(
      applyFixer(trainerWorkers, trainer('dataloader_num_workers=0')) ?? '',
      /dataloader_num_workers=4\)/,
    );
    assert.match(
      applyFixer(trainerPinMemory, trainer('dataloader_pin_memory=False')) ?? '',
      /dataloader_pin_memory=True\)/,
    );
    assert.match(applyFixer(frameworkPrecision, trainer('seed=1')) ?? '', /seed=1, bf16=True\)/);
    const lightning = "import lightning as L\nt = L.Trainer(precision='32-true')\n";
    assert.match(applyFixer(frameworkPrecision, lightning) ?? '', /precision='bf16-mixed'\)/);
    const accelerate = 'from accelerate import Accelerator\na = Accelerator()\n';
    assert.match(
      applyFixer(frameworkPrecision, accelerate) ?? '',
      /Accelerator\(mixed_precision="bf16"\)/,
    );
  });

  it('are left where they are chosen', () => {
    assert.equal(offerAt(trainerWorkers, trainer('dataloader_num_workers=2')), null);
    assert.equal(offerAt(trainerWorkers, trainer('**options')), null);
    assert.equal(offerAt(trainerPinMemory, trainer('seed=1')), null);
    assert.equal(offerAt(frameworkPrecision, trainer('fp16=True')), null);
    assert.equal(offerAt(frameworkPrecision, trainer('bf16=use_bf16')), null);
  });
});

describe('DataParallel', () => {
  it('gets advice and no edit', () => {
    const fix = offerAt(dataParallel, 'from torch import nn\nm = nn.DataParallel(net)\n');
    assert.ok(fix !== null);
    assert.deepEqual(fix.edits, []);
    assert.match(fix.link ?? '', /^https:\/\/docs\.pytorch\.org\//);
    assert.match(fix.explanation, /^Line 2 drives all GPUs/);
    assert.equal(offerAt(dataParallel, 'm = DataParallel(net)\n'), null);
  });
});
