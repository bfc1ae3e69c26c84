import assert from 'node:assert/strict';
import { accumulateOnDevice } from '../../../../src/core/source/fixes/accumulate-on-device.ts';
import { logSeldom } from '../../../../src/core/source/fixes/log-seldom.ts';
import { setToNone } from '../../../../src/core/source/fixes/set-to-none.ts';
import { applyFixer } from './apply-fixer.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

describe('a sum that is read in every step', () => {
  it('stays on the device, and is read once after the loop', () => {
    const before = lines(
      'for epoch in range(3):',
      '    running = 0.0',
      '    correct = 0',
      '    for x, y in loader:',
      '        loss = f(x, y)',
      '        loss.backward()',
      '        running += loss.item() * x.size(0)  # here',
      '        # the end',
      '    print(running)',
    );
    assert.equal(
      applyFixer(accumulateOnDevice, before),
      before
        .replace('loss.item()', 'loss.detach()')
        .replace('# here\n', '# here\n    running = float(running)\n'),
    );
    const counted = before.replace(
      'running += loss.item() * x.size(0)',
      'correct += (x == y).sum().item()',
    );
    assert.match(applyFixer(accumulateOnDevice, counted) ?? '', /\n {4}correct = int\(correct\)\n/);
  });

  it('is left alone where something else reads it, or its kind cannot be told', () => {
    const around = (start: string, ...inside: readonly string[]): string =>
      lines(start, 'for x in loader:', '    loss.backward()', ...inside.map((one) => `    ${one}`));
    const unsafe: readonly string[] = [
      around('total = 0.0', 'total += loss.item()', 'print(total)'),
      around('total = 0.0', 'total += loss.item()', 'if total > 1:', '    break'),
      around('total = []', 'total += loss.item()'),
      around('total = 0', 'total += score.item()'),
      around('total = 0.0', 'total = total + loss.item()'),
      around('total = 0.0', 'total += f(loss.item())'),
      around('total = 0.0', 'total += loss.item() + 1'),
      around('total = 0.0', 'total += x[0].item() * y.item()'),
      around('pass', 'total += loss.item()'),
      lines('total = 0.0', 'for x in loader:', '    total += loss.item()', 'else:', '    pass'),
      lines('total = 0.0', 'for x in loader:', '    total += loss.item()', '    y = ('),
    ];
    for (const text of unsafe) {
      assert.equal(applyFixer(accumulateOnDevice, text, { line: 2 }), null, text);
    }
  });
});

describe('a log in every step', () => {
  it('is written every n steps, by the step that is counted', () => {
    const before = lines(
      'for step, x in enumerate(loader):',
      '\tloss.backward()',
      '\tprint(f"{loss.item():.3f}",',
      '\t      step)  # here',
      '\twriter.add_scalar("loss", loss.item(), step)',
      '\tn += 1',
    );
    assert.equal(
      applyFixer(logSeldom, before),
      lines(
        'for step, x in enumerate(loader):',
        '\tloss.backward()',
        '\tif step % 50 == 0:',
        '\t\tprint(f"{loss.item():.3f}",',
        '\t\t      step)  # here',
        '\t\twriter.add_scalar("loss", loss.item(), step)',
        '\tn += 1',
      ),
    );
  });

  it('counts steps where nobody does', () => {
    const body = ['    loss.backward()', '    print(loss)  # here'];
    const after = ['    loss.backward()', '    if step % 50 == 0:', '        print(loss)  # here'];
    const heads: readonly (readonly [string, string])[] = [
      ['for x in loader:', 'for step, x in enumerate(loader):'],
      ['for x, y in tqdm(loader):', 'for step, (x, y) in enumerate(tqdm(loader)):'],
      ['for (x, y) in loader:', 'for step, (x, y) in enumerate(loader):'],
    ];
    for (const [head, counted] of heads) {
      assert.equal(applyFixer(logSeldom, lines(head, ...body)), lines(counted, ...after));
    }
    const taken = lines('step = 1', 'for x in loader:', ...body);
    assert.match(applyFixer(logSeldom, taken) ?? '', /for batch_index, x in enumerate/);
  });

  it('is left alone where it is seldom, does more than log, or indenting would change it', () => {
    const unsafe: readonly string[] = [
      lines('for x in loader:', '    loss.backward()', '    if x:', '        print(loss)  # here'),
      lines(
        'for x in loader:',
        '    loss.backward()',
        '    v = loss.item()  # here',
        '    h.append(v)',
      ),
      lines('for x in loader:', '    loss.backward()', '    print(n)  # here'),
      lines('for x in loader:', '    loss.backward()', '    print(v := loss.item())  # here'),
      lines('for x in loader:', '    loss.backward()', '    print("""', '  a""", loss)  # here'),
      lines('for x in loader:', '    loss.backward()', '    print(loss); n = 1  # here'),
      lines('for x in enumerate(loader):', '    loss.backward()', '    print(loss)  # here'),
      lines('for epoch in range(3):', '    print(loss)  # here'),
    ];
    for (const text of unsafe) {
      assert.equal(applyFixer(logSeldom, text), null, text);
    }
  });
});

describe('gradients that are filled with zeros', () => {
  const head = 'for x in loader:\n    loss.backward()\n';

  it('are dropped, unless the script looks at them', () => {
    assert.equal(
      applyFixer(setToNone, `${head}    optimizer.zero_grad()\n`),
      `${head}    optimizer.zero_grad(set_to_none=True)\n`,
    );
    assert.equal(
      applyFixer(setToNone, `${head}    optimizer.zero_grad(False)\n`),
      `${head}    optimizer.zero_grad(True)\n`,
    );
    assert.equal(applyFixer(setToNone, `${head}    optimizer.zero_grad(set_to_none=True)\n`), null);
    assert.equal(
      applyFixer(setToNone, `${head}    n = w.grad.norm()\n    optimizer.zero_grad()\n`),
      null,
    );
  });
});
