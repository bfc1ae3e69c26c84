import type { SyntaxNode } from '@lezer/common';
import { childrenOf, dottedNames, iterableOf, type PythonCode } from '../python-code.ts';
import type { TextEdit } from '../text-edit.ts';
import type { PhaseSite, TrainingLoop } from '../training-code.ts';
import { blockOf, RECORDER_ALIAS, simpleStatementAt } from './statements.ts';

/**
 * The edits that tell the recorder where steps begin and end. A step is an update of the weights: of a
 * loop that updates in each round the round, else what `end_step` after the update ends.
 */
export function markSteps(code: PythonCode, loop: TrainingLoop): readonly TextEdit[] {
  const head = loopHeadAt(code, loop.from);
  const update = loop.sites.find((site) => site.phase === 'optimizer' && site.isMain);
  const isEveryRound = update === undefined || updatesAlways(code, loop, update);
  const iterable = head?.name === 'ForStatement' ? iterableOf(head) : null;
  if (iterable !== null && isEveryRound) {
    return wrap(loop.batches ?? iterable, 'steps');
  }
  const end = update === undefined ? [] : endStepAfter(code, loop, update);
  return loop.batches === null ? end : [...wrap(loop.batches, 'loader'), ...end];
}

function wrap(
  { from, to }: { readonly from: number; readonly to: number },
  name: string,
): TextEdit[] {
  return [
    { from, to: from, insert: `${RECORDER_ALIAS}.${name}(` },
    { from: to, to, insert: ')' },
  ];
}

function loopHeadAt(code: PythonCode, from: number): SyntaxNode | null {
  let node: SyntaxNode | null = code.tree.resolveInner(from, 1);
  while (node !== null && !['ForStatement', 'WhileStatement'].includes(node.name)) {
    node = node.parent;
  }
  return node?.from === from ? node : null;
}

/** No `if` stands between the update and its loop or function, but one whose branches all update. */
function updatesAlways(code: PythonCode, loop: TrainingLoop, update: PhaseSite): boolean {
  if (accumulatorOf(code, update) !== null) {
    return false;
  }
  const updates = loop.sites.filter(({ phase }) => phase === 'optimizer');
  let node: SyntaxNode | null = simpleStatementAt(code, update.from);
  while (node !== null && node.from !== loop.from && node.name !== 'FunctionDefinition') {
    if (node.name === 'IfStatement' && !updatesInAllBranches(node, updates)) {
      return false;
    }
    node = node.parent;
  }
  return true;
}

function updatesInAllBranches(node: SyntaxNode, updates: readonly PhaseSite[]): boolean {
  const hasElse = node.getChild('else') !== null;
  return (
    hasElse &&
    node
      .getChildren('Body')
      .every((body) =>
        updates.some(({ from, what }) => body.from <= from && from < body.to && isStep(what)),
      )
  );
}

function isStep(what: string): boolean {
  return what.includes('.step(') || what.includes('apply_');
}

/** Behind the last statement of the update: `optimizer.zero_grad(); _sleuth.end_step()`. */
function endStepAfter(code: PythonCode, loop: TrainingLoop, update: PhaseSite): TextEdit[] {
  return afterUpdate(code, loop, update, `${RECORDER_ALIAS}.end_step()`);
}

/** Calls something behind the last statement of the update, on its line; where gradients accumulate, only if it updated. */
export function afterUpdate(
  code: PythonCode,
  loop: TrainingLoop,
  update: PhaseSite,
  call: string,
): TextEdit[] {
  const main = simpleStatementAt(code, update.from);
  const block = main === null ? null : blockOf(main);
  const statements = loop.sites
    .filter(({ phase, isInLoop }) => phase === 'optimizer' && isInLoop)
    .flatMap(({ from }) => simpleStatementAt(code, from) ?? [])
    .filter((statement) => statement.from >= update.from && isSame(blockOf(statement), block));
  const last = statements.sort((a, b) => a.from - b.from).at(-1) ?? main;
  if (last === null || last.name === 'ReturnStatement') {
    return [];
  }
  const accumulator = accumulatorOf(code, update);
  const condition = accumulator === null ? '' : ` if ${accumulator}.sync_gradients else None`;
  return [{ from: last.to, to: last.to, insert: `; ${call}${condition}` }];
}

function isSame(a: SyntaxNode | null, b: SyntaxNode | null): boolean {
  return a !== null && b !== null && a.from === b.from && a.to === b.to;
}

/** The object of `with accelerator.accumulate(model):` around the update. */
function accumulatorOf(code: PythonCode, update: PhaseSite): string | null {
  let node: SyntaxNode | null = simpleStatementAt(code, update.from);
  while (node !== null && node.name !== 'FunctionDefinition') {
    const calls =
      node.name === 'WithStatement'
        ? childrenOf(node).filter(({ name }) => name === 'CallExpression')
        : [];
    for (const call of calls) {
      const names = dottedNames(call.firstChild, code);
      if (names.at(-1) === 'accumulate' && names.length > 1 && !names.includes('?')) {
        return names.slice(0, -1).join('.');
      }
    }
    node = node.parent;
  }
  return null;
}
