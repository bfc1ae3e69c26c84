import type { SyntaxNode } from '@lezer/common';
import { type BatchLoop, batchLoopAt } from './batch-loop.ts';
import { childrenOf, type PythonCode } from './python-code.ts';
import {
  assignmentsTo,
  callsBelow,
  methodOf,
  nodesBelow,
  statementOf,
  statementsOf,
} from './python-scope.ts';

/** Frameworks that call backward themselves, or wrap it: their own options do what edits of the loop would. */
const FRAMEWORKS: readonly string[] = [
  'accelerate',
  'deepspeed',
  'lightning',
  'pytorch_lightning',
  'lightning_fabric',
  'apex',
  'ignite',
  'composer',
];

/** The statements of a plain training loop that lead to its loss, and its call of backward. */
export interface LossStatements {
  readonly batches: BatchLoop;
  /** The call of the model. */
  readonly forward: SyntaxNode;
  /** The statement that gives the loss; may be the same. */
  readonly loss: SyntaxNode;
  /** The statement that calls backward. */
  readonly backward: SyntaxNode;
  /** The name of the model that is called. */
  readonly model: string;
  /** All statements of the block, in order. */
  readonly block: readonly SyntaxNode[];
}

/** Null where the loop is not of this shape: one backward, and model and loss in statements of its own block. */
export function lossStatementsAt(code: PythonCode, line: number): LossStatements | null {
  const batches = batchLoopAt(code, line);
  if (batches === null || FRAMEWORKS.some((name) => code.packages.has(name))) {
    return null;
  }
  const calls = callsBelow(batches.loop).filter((call) => methodOf(call, code) === 'backward');
  const receiver = calls.length === 1 ? (calls[0].firstChild?.firstChild ?? null) : null;
  if (receiver?.name !== 'VariableName') {
    return null;
  }
  const backward = statementOf(calls[0]);
  const block = statementsOf(backward.parent);
  const before = block.filter((statement) => statement.to <= backward.from);
  const loss = lastAssigning(code.textOf(receiver), before, code);
  const forward = loss === null ? null : callOfModel(loss, before, code);
  return loss === null || forward === null ? null : { batches, loss, backward, block, ...forward };
}

/** The statements from one to another, both included. */
export function between(
  block: readonly SyntaxNode[],
  first: SyntaxNode,
  last: SyntaxNode,
): readonly SyntaxNode[] {
  return block.filter(({ from }) => from >= first.from && from <= last.from);
}

function lastAssigning(
  name: string,
  statements: readonly SyntaxNode[],
  code: PythonCode,
): SyntaxNode | null {
  const found = statements.filter(
    (statement) => statement.name === 'AssignStatement' && isTarget(name, statement, code),
  );
  return found.length > 0 ? found[0] : null;
}

function isTarget(name: string, statement: SyntaxNode, code: PythonCode): boolean {
  const assign = childrenOf(statement).findIndex((child) => child.name === 'AssignOp');
  return childrenOf(statement)
    .slice(0, assign)
    .some((target) => code.textOf(target) === name);
}

/** The first call of a plain name, on the way to the loss, that is no function of this file or of a library. */
function callOfModel(
  loss: SyntaxNode,
  before: readonly SyntaxNode[],
  code: PythonCode,
): { readonly forward: SyntaxNode; readonly model: string } | null {
  const names = nodesBelow(loss, ['VariableName']).map((name) => code.textOf(name));
  const leading = before.filter(
    (statement) =>
      statement.name === 'AssignStatement' && names.some((name) => isTarget(name, statement, code)),
  );
  for (const statement of [...leading, loss]) {
    const call = callsBelow(statement).find((one) => isModelCall(one, code));
    if (call?.firstChild) {
      return { forward: statement, model: code.textOf(call.firstChild) };
    }
  }
  return null;
}

const CRITERION = /loss|criter|objective|^ce$|^mse$/i;

function isModelCall(call: SyntaxNode, code: PythonCode): boolean {
  const callee = call.firstChild;
  if (callee?.name !== 'VariableName' || CRITERION.test(code.textOf(callee))) {
    return false;
  }
  const name = code.textOf(callee);
  return assignmentsTo(name, code.tree.topNode, code).length > 0 || /model|net$|^ddp/i.test(name);
}
