import type { SyntaxNode } from '@lezer/common';
import { unpackOnly } from './assignments.ts';
import { loopsAround } from './data-loaders.ts';
import { childrenOf, iterableOf, type PythonCode } from './python-code.ts';
import { callsBelow, methodOf, nodesBelow, statementsOf } from './python-scope.ts';

/** A `for` over batches, as its text has it. */
export interface BatchLoop {
  readonly loop: SyntaxNode;
  readonly iterable: SyntaxNode;
  /** The statements of its block. */
  readonly statements: readonly SyntaxNode[];
  /** Whether backward is called in it. */
  readonly trains: boolean;
  /** What the head binds, such as `step`, `x` and `y` of `for step, (x, y) in enumerate(…)`. */
  readonly names: readonly string[];
  /** The name that counts steps by `enumerate`; null without. */
  readonly counter: string | null;
}

/**
 * The loop over batches that a line is about: the innermost around it that calls `backward`, else the innermost
 * around it; outside of any, the only one of the file that calls `backward`.
 */
export function batchLoopAt(code: PythonCode, line: number): BatchLoop | null {
  const around = loopsAround(code, line).filter(({ name }) => name === 'ForStatement');
  const here = around.find((loop) => trainsInside(loop, code)) ?? around.at(0);
  if (here !== undefined) {
    const found = readLoop(here, code);
    return found === null || found.trains || !isRange(found.iterable, code) ? found : null;
  }
  const training = nodesBelow(code.tree.topNode, ['ForStatement']).filter((loop) =>
    trainsInside(loop, code),
  );
  const innermost = training.filter(
    (loop) => !training.some((inner) => inner.from > loop.from && inner.to <= loop.to),
  );
  return innermost.length === 1 ? readLoop(innermost[0], code) : null;
}

/** `range(…)`, as of epochs. */
function isRange(iterable: SyntaxNode, code: PythonCode): boolean {
  return iterable.name === 'CallExpression' && code.calleeOf(iterable).join('.') === 'range';
}

function trainsInside(loop: SyntaxNode, code: PythonCode): boolean {
  return callsBelow(loop).some((call) => methodOf(call, code) === 'backward');
}

function readLoop(loop: SyntaxNode, code: PythonCode): BatchLoop | null {
  const iterable = iterableOf(loop);
  const block = loop.getChild('Body');
  if (iterable === null || block === null) {
    return null;
  }
  const names = targetsOf(loop).flatMap((target) =>
    nodesBelow(target, ['VariableName']).map((name) => code.textOf(name)),
  );
  const isCounted =
    iterable.name === 'CallExpression' && code.calleeOf(iterable).join('.') === 'enumerate';
  const [first] = targetsOf(loop);
  return {
    loop,
    iterable,
    statements: statementsOf(block),
    trains: trainsInside(loop, code),
    names,
    counter:
      isCounted && first.name === 'VariableName' && targetsOf(loop).length > 1 ? names[0] : null,
  };
}

/** The targets in the head of a `for`, as written. */
export function targetsOf(loop: SyntaxNode): readonly SyntaxNode[] {
  const children = childrenOf(loop);
  const from = children.findIndex(({ name }) => name === 'for');
  const to = children.findIndex(({ name }) => name === 'in');
  const targets = children.slice(from + 1, to).filter(({ name }) => name !== ',');
  return unpackOnly(targets, ['TupleExpression']);
}
