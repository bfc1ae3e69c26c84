import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  addProfiler,
  PROFILING_SNIPPET,
} from '../../../src/core/source/instrumentation/add-profiler.ts';
import { PythonCode } from '../../../src/core/source/python-code.ts';
import { applyEdits } from '../../../src/core/source/text-edit.ts';
import { findTrainingLoops } from '../../../src/core/source/training-loops.ts';
import { TRAINING_SCRIPTS } from '../../support/scripts.ts';

function profiled(text: string): string {
  const code = new PythonCode(text);
  return applyEdits(text, addProfiler(code, findTrainingLoops(code)[0]));
}

function compiles(text: string): void {
  execFileSync('/usr/bin/python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
    input: text,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

describe('addProfiler', () => {
  it('starts before the loop, steps after each update, stops after the loop', () => {
    const done = profiled(
      [
        'import torch',
        'def train(loader):',
        '    for batch in loader:',
        '        model(batch).backward()',
        '        optimizer.step()  # here',
        'for epoch in range(3):',
        '    train(loader)',
        'print("done")',
        '',
      ].join('\n'),
    );
    assert.match(done, /^import torch\n\ndef _save_trace/);
    assert.match(done, /optimizer\.step\(\); _profiler\.step\(\) {2}# here/);
    assert.match(
      done,
      /_profiler\.start\(\)\nfor epoch in range\(3\):\n {4}train\(loader\)\n_profiler\.stop\(\)\nprint/,
    );
    assert.match(done, /with_stack=True/);
    compiles(done);
  });

  for (const { name, idiom, texts } of TRAINING_SCRIPTS) {
    for (const { text } of texts.filter(({ cell }) => cell === null)) {
      it(`gives code that compiles for ${name}, or nothing`, () => {
        const done = profiled(text);
        const isPlain = idiom !== 'jax' && idiom !== 'lightning' && idiom !== 'trainer';
        assert.equal(done !== text, isPlain && !text.includes('torch.profiler'));
        compiles(done);
      });
    }
  }

  it('has a snippet that compiles', () => {
    compiles(PROFILING_SNIPPET);
  });
});
