import assert from 'node:assert/strict';
import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, enclosing, PythonCode } from '../../../src/core/source/python-code.ts';
import { applyEdits } from '../../../src/core/source/text-edit.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function firstOf(name: string, code: PythonCode): SyntaxNode {
  const found: SyntaxNode[] = [];
  code.tree.iterate({
    enter({ node }) {
      if (node.name === name) {
        found.push(node);
      }
    },
  });
  assert.ok(found.length > 0, `no ${name}`);
  return found[0];
}

function nodesOf({ tree }: PythonCode): readonly string[] {
  const nodes: string[] = [];
  tree.iterate({
    enter: ({ name, from, to }) => {
      nodes.push(`${name} ${from} ${to}`);
    },
  });
  return nodes;
}

describe('PythonCode', () => {
  it('numbers lines from 1, and clamps', () => {
    const code = new PythonCode('a\n\n  bc\n');
    assert.deepEqual(
      [0, 1, 2, 3, 6, 8].map((offset) => code.lineOf(offset)),
      [1, 1, 2, 3, 3, 4],
    );
    assert.deepEqual(
      [0, 1, 3, 9].map((line) => code.lineStart(line)),
      [0, 0, 3, 8],
    );
    assert.equal(code.indentAt(6), '  ');
  });

  for (const [text, callee] of Object.entries({
    'f()': 'f',
    'a.b.c(1)': 'a.b.c',
    'a[0].c(1)': '?.c',
    'g().c(1)': '?.c',
    'import nvtx as n\nn.range()': 'nvtx.range',
    'from torch.nn import functional as F\nF.relu()': 'torch.nn.functional.relu',
    'import torch.nn\ntorch.nn.Linear()': 'torch.nn.Linear',
    'import torch.nn as nn\nnn.Linear()': 'torch.nn.Linear',
    'from a import b, c as d\nd()': 'a.c',
  })) {
    it(`names what is called in ${JSON.stringify(text)}`, () => {
      const code = new PythonCode(text);
      assert.equal(code.calleeOf(firstOf('CallExpression', code)).join('.'), callee);
    });
  }

  it('tells the arguments of a call', () => {
    const code = new PythonCode('f(a, *b, c=1, **d,)');
    assert.deepEqual(
      argumentsOf(firstOf('ArgList', code), code).map(({ keyword, value }) => [
        keyword,
        code.textOf(value),
      ]),
      [
        [null, 'a'],
        ['*', 'b'],
        ['c', '1'],
        ['**', 'd'],
      ],
    );
  });

  it('finds what is around a node', () => {
    const code = new PythonCode('for x in y:\n  f(x)');
    const call = firstOf('CallExpression', code);
    assert.equal(enclosing(call, ['ForStatement'])?.from, 0);
    assert.equal(enclosing(call, ['ClassDefinition']), null);
  });
});

describe('applyEdits', () => {
  it('puts text in, takes it out, and keeps the order at one place', () => {
    const edits = [
      { from: 3, to: 3, insert: 'x' },
      { from: 0, to: 1, insert: '' },
      { from: 3, to: 3, insert: 'y' },
    ];
    assert.equal(applyEdits('abcd', edits), 'bcxyd');
  });

  it('refuses edits that overlap or lie outside', () => {
    assert.throws(
      () =>
        applyEdits('abcd', [
          { from: 0, to: 2, insert: '' },
          { from: 1, to: 3, insert: '' },
        ]),
      RangeError,
    );
    assert.throws(() => applyEdits('ab', [{ from: 1, to: 3, insert: '' }]), RangeError);
  });

  it('is the same after edits as parsed anew', () => {
    const text = 'for x in loader:\n    y = f(x, 1)\n    loss.backward()\n\nclass A:\n    n = 0\n';
    let code = new PythonCode(text);
    const random = seededRandom(5);
    for (let round = 0; round < 100; round++) {
      const from = Math.floor(random() * code.text.length);
      const to = Math.min(code.text.length, from + Math.floor(random() * 3));
      const insert = ['', 'x', '(', '\n    ', ', n=4'][Math.floor(random() * 5)];
      code = code.edited([{ from, to, insert }]);
      assert.deepEqual(nodesOf(code), nodesOf(new PythonCode(code.text)));
      code = round % 10 === 9 ? new PythonCode(text) : code;
    }
  });
});
