import assert from 'node:assert/strict';
import type { CallClue } from '../../../src/core/model/source-candidate.ts';
import { indexFile, indexNotebook } from '../../../src/core/source/index-code.ts';
import { isCellOf, locate } from '../../../src/core/source/locate.ts';
import { murmur2 } from '../../../src/core/source/murmur2.ts';

const clue = (name: string, before: string[] = [], after: string[] = []): CallClue => ({
  names: [name],
  before,
  after,
});

function linesOf(text: string, name: string, line: number, call: CallClue): unknown {
  const location = { file: 'a.py', line, how: 'stack', function: name, call } as const;
  return (locate(indexFile(text), location) ?? []).map((at) => [at.line, at.certainty, at.isCall]);
}

const BACKWARD = 'torch/_tensor.py(570): backward';

describe('locate', () => {
  it('finds the one call that fits, and is sure', () => {
    const code = 'def f(x):\n  y = x.sum()\n  y.backward()\n';
    assert.deepEqual(linesOf(code, 'f', 1, clue(BACKWARD)), [[3, 'sure', true]]);
  });

  it('tells modules apart by what was assigned', () => {
    const code =
      'net = Net()\nlossf = nn.CrossEntropyLoss()\ndef f(x):\n  y = net(x)\n  return lossf(y)\n';
    assert.deepEqual(linesOf(code, 'f', 3, clue('nn.Module: CrossEntropyLoss_0')), [
      [5, 'sure', true],
    ]);
    assert.deepEqual(linesOf(code, 'f', 3, clue('nn.Module: Net_3')), [[4, 'sure', true]]);
  });

  it('tells calls of one name apart by what came before and after', () => {
    const code = 'def f(a, b):\n  a.backward()\n  print(a)\n  b.backward()\n  c.step()\n';
    const step = 'torch/optim/sgd.py(1): step';
    assert.deepEqual(linesOf(code, 'f', 1, clue(BACKWARD, [], ['<built-in function print>'])), [
      [2, 'sure', true],
    ]);
    assert.deepEqual(linesOf(code, 'f', 1, clue(BACKWARD, ['<built-in function print>'], [step])), [
      [4, 'sure', true],
    ]);
  });

  it('names all that fit where nothing tells them apart', () => {
    const code = 'def f(a, b):\n  if a:\n    a.backward()\n  else:\n    b.backward()\n';
    assert.deepEqual(linesOf(code, 'f', 1, clue(BACKWARD)), [
      [3, 'likely', true],
      [5, 'likely', true],
    ]);
  });

  it('gives the function where no call fits, and never as sure', () => {
    assert.deepEqual(linesOf('\ndef f():\n  pass\n', 'f', 2, clue(BACKWARD)), [
      [2, 'likely', false],
    ]);
  });

  it('finds a function that moved, and no other in its place', () => {
    const code = '\n\n\ndef f(x):\n  x.backward()\n';
    assert.deepEqual(linesOf(code, 'f', 1, clue(BACKWARD)), [[5, 'likely', true]]);
    assert.deepEqual(linesOf(code, 'g', 1, clue(BACKWARD)), []);
  });

  it('takes a line of a call stack as it is, and of a frame where its function begins', () => {
    const unit = indexFile('def f():\n  a()\n  b()\n');
    const at = { file: 'a.py', line: 3, how: 'stack', function: 'f' } as const;
    assert.equal(locate(unit, at)?.[0]?.line, 3);
    assert.equal(locate(unit, { ...at, isFunction: true })?.[0]?.line, 1);
    assert.equal(locate(unit, { file: 'a.py', line: 9, how: 'recorded' }), null);
  });

  it('goes around loops, and past what a step may leave out', () => {
    const code =
      'def f(loader):\n  for x in loader:\n    y = x.cuda()\n    if y:\n      print(y)\n    y.backward()\n';
    const next = 'torch/utils/data/dataloader.py(600): __next__';
    const cuda = '<built-in method cuda of Tensor object>';
    assert.deepEqual(linesOf(code, 'f', 1, clue(next, [BACKWARD], [cuda])), [[2, 'sure', true]]);
  });
});

describe('cells of a notebook', () => {
  const text = JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: 'text' },
      { cell_type: 'code', execution_count: 3, source: ['%time\n', 'y.backward()'] },
    ],
  });

  it('are known by the hash that the kernel gives them, or by their number', () => {
    const [unit] = indexNotebook(text);
    assert.equal(unit.cell, 1);
    assert.ok(isCellOf(`/tmp/ipykernel_77/${murmur2('%time\ny.backward()')}.py`, unit));
    assert.ok(isCellOf('<ipython-input-3-0a1b2c>', unit));
    assert.ok(!isCellOf('<ipython-input-13-0a1b2c>', unit));
    assert.ok(!isCellOf('/tmp/ipykernel_77/12.py', unit));
  });

  it('are read without the lines that are for IPython', () => {
    const [unit] = indexNotebook(text);
    const location = { file: 'x', line: 1, how: 'stack', function: '<module>' } as const;
    assert.equal(locate(unit, { ...location, call: clue(BACKWARD) })?.[0]?.line, 2);
  });

  it('are none in what is no notebook', () => {
    assert.deepEqual(indexNotebook('[1]'), []);
    assert.throws(() => indexNotebook('{'), SyntaxError);
  });
});

describe('murmur2', () => {
  it('gives what the kernel of IPython gives', () => {
    for (const [value, hash] of Object.entries(MURMUR)) {
      assert.equal(murmur2(value), hash);
    }
  });
});

/** By the reference in `record.py`. */
const MURMUR: Readonly<Record<string, string>> = {
  '': '3990065800',
  a: '2167009006',
  ab: '2805137849',
  abc: '3350977461',
  abcd: '804720481',
  'print(1)\nλ = "é"  # 🙂': '3195625501',
};
