import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { applyEdits } from '../../../src/core/source/text-edit.ts';
import { instrument, isInstrumented } from '../../../src/core/source/instrumentation/instrument.ts';
import { removeInstrumentation } from '../../../src/core/source/instrumentation/remove-instrumentation.ts';
import { PythonCode } from '../../../src/core/source/python-code.ts';
import { findTrainingLoops } from '../../../src/core/source/training-loops.ts';
import { TRAINING_SCRIPTS } from '../../support/scripts.ts';

function instrumented(text: string): string {
  const code = new PythonCode(text);
  const [loop] = findTrainingLoops(code);
  return applyEdits(text, instrument(code, loop));
}

function removed(text: string): string {
  return applyEdits(text, removeInstrumentation(new PythonCode(text)).edits);
}

function compiles(text: string): void {
  execFileSync('/usr/bin/python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
    input: text,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

const PLAIN = [
  'import torch',
  '',
  'def main():',
  '    for i, batch in enumerate(loader):',
  '        loss = model(',
  '            batch,',
  '        )',
  '        loss.backward()  # slow',
  '        optimizer.step(); optimizer.zero_grad()',
  '',
  'main()',
  '',
].join('\n');

describe('instrument', () => {
  it('puts spans before statements, and keeps lines and indentation', () => {
    assert.equal(
      instrumented(PLAIN),
      [
        'import torch',
        'import training_sleuth as _sleuth',
        '',
        'def main():',
        '    _sleuth.start()',
        '    for i, batch in enumerate(_sleuth.steps(loader)):',
        '        with _sleuth.span("forward"): loss = model(',
        '            batch,',
        '        )',
        '        with _sleuth.span("backward"): loss.backward()  # slow',
        '        with _sleuth.span("optimizer"): optimizer.step(); optimizer.zero_grad()',
        '',
        'main()',
        '',
      ].join('\n'),
    );
  });

  for (const { name, texts } of TRAINING_SCRIPTS) {
    for (const { text } of texts.filter(({ cell }) => cell === null)) {
      it(`is taken back to the byte in ${name}, and compiles`, () => {
        const done = instrumented(text);
        assert.notEqual(done, text);
        assert.equal(isInstrumented(new PythonCode(done)), true);
        assert.equal(removed(done), text);
        assert.equal(
          removed(instrumented(text.replaceAll('\n', '\r\n'))),
          text.replaceAll('\n', '\r\n'),
        );
        compiles(done);
      });
    }
  }

  it('ends a step with the update where gradients accumulate', () => {
    const done = instrumented(
      [
        'for i, batch in enumerate(loader):',
        '    model(batch).backward()',
        '    if i % 4 == 3:',
        '        optimizer.step()',
        '        optimizer.zero_grad()',
        '',
      ].join('\n'),
    );
    assert.match(done, /enumerate\(_sleuth\.loader\(loader\)\)/);
    assert.match(done, /: optimizer\.zero_grad\(\); _sleuth\.end_step\(\)\n/);
  });

  it('numbers the micro-batches of an inner loop', () => {
    const done = instrumented(
      [
        'while True:',
        '    for micro in range(4):',
        '        loss = model(get_batch())',
        '        loss.backward()',
        '    optimizer.step()',
        '',
      ].join('\n'),
    );
    assert.match(done, /span\("backward", micro=micro\): loss\.backward\(\)/);
    assert.match(done, /: optimizer\.step\(\); _sleuth\.end_step\(\)\n/);
  });

  it('leaves alone what it cannot time: behind a colon, and what awaits', () => {
    const text = [
      'async def run():',
      '    for batch in loader:',
      '        loss = await model(batch)',
      '        if ready: loss.backward()',
      '        optimizer.step()',
      '',
    ].join('\n');
    const done = instrumented(text);
    assert.match(done, /\n {8}loss = await model\(batch\)\n {8}if ready: loss\.backward\(\)\n/);
    compiles(done);
    assert.equal(removed(done), text);
  });

  it('starts a recording once in a function that other files call each epoch', () => {
    const done = instrumented(
      [
        'def train(loader):',
        '    for batch in loader:',
        '        model(batch).backward()',
        '        optimizer.step()',
        '',
      ].join('\n'),
    );
    assert.match(done, /\n {4}_sleuth\.start\(once=True\)\n/);
  });

  it('gives frameworks the callback of the recorder', () => {
    const trainer = (args: string): string =>
      `from transformers import Trainer\ntrainer = Trainer(${args})\ntrainer.train()\n`;
    for (const [args, expected] of [
      ['', 'callbacks=[_sleuth.trainer_callback()]'],
      ['model, args=a,', 'model, args=a, callbacks=[_sleuth.trainer_callback()],'],
      ['callbacks=[]', 'callbacks=[_sleuth.trainer_callback(),]'],
      ['callbacks=[x]', 'callbacks=[_sleuth.trainer_callback(), x]'],
    ]) {
      const done = instrumented(trainer(args));
      assert.ok(done.includes(`Trainer(${expected})`), done);
      assert.equal(removed(done), trainer(args));
    }
  });

  it('has nothing to do for what uses the recorder already', () => {
    const code = new PythonCode(instrumented(PLAIN));
    assert.deepEqual(instrument(code, findTrainingLoops(code)[0]), []);
  });
});

describe('removeInstrumentation', () => {
  it('takes away only what is ours after edits elsewhere', () => {
    const edited = instrumented(PLAIN)
      .replace('import torch', 'import torch  # new')
      .replace('# slow', '# with a: b');
    assert.equal(
      removed(edited),
      PLAIN.replace('import torch', 'import torch  # new').replace('# slow', '# with a: b'),
    );
  });

  it('moves a body back that a formatter put on lines of its own', () => {
    const formatted = [
      'import training_sleuth as _sleuth',
      'for batch in _sleuth.steps(loader):',
      '    with _sleuth.span("forward"):',
      '        loss = model(',
      '            batch,',
      '            """a',
      '        b"""',
      '        )',
      '    with _sleuth.span("backward"), autocast():',
      '        loss.backward()',
      '',
    ].join('\n');
    assert.equal(
      removed(formatted),
      [
        'for batch in loader:',
        '    loss = model(',
        '        batch,',
        '        """a',
        '        b"""',
        '    )',
        '    with autocast():',
        '        loss.backward()',
        '',
      ].join('\n'),
    );
  });

  it('keeps the import where the recorder is used in another way, and says where', () => {
    const text = 'import training_sleuth as _sleuth\n_sleuth.start()\n_sleuth.counter("x", 1)\n';
    const { edits, leftLines } = removeInstrumentation(new PythonCode(text));
    assert.equal(
      applyEdits(text, edits),
      'import training_sleuth as _sleuth\n_sleuth.counter("x", 1)\n',
    );
    assert.deepEqual(leftLines, [2]);
  });

  it('leaves what others wrote with the recorder', () => {
    const text = 'import training_sleuth as sleuth\nwith sleuth.span("a"): f()\n';
    assert.equal(removed(text), text);
  });
});
