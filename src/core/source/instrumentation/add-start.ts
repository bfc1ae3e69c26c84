import type { SyntaxNode } from '@lezer/common';
import {
  collectFacts,
  type CodeFacts,
  type PythonFunction,
  type PythonLoop,
} from '../code-facts.ts';
import { findOwnFunction } from '../own-functions.ts';
import { childrenOf, type PythonCode } from '../python-code.ts';
import { STRING_NODES } from '../python-string.ts';
import type { TextEdit } from '../text-edit.ts';
import type { TrainingLoop } from '../training-code.ts';
import { newlineOf, RECORDER_ALIAS, RECORDER_MODULE } from './statements.ts';

/** Statements that a script's imports come before. */
const AFTER_IMPORTS: readonly string[] = [
  ...['FunctionDefinition', 'ClassDefinition', 'DecoratedStatement'],
  ...['ForStatement', 'WhileStatement', 'WithStatement'],
];

/** A line that imports the recorder, after the imports at the top of the file. */
export function importRecorder(code: PythonCode): TextEdit {
  return addAfterImports(code, `import ${RECORDER_MODULE} as ${RECORDER_ALIAS}`);
}

/** Whole lines after the imports at the top of the file; without imports after the docstring. */
export function addAfterImports(code: PythonCode, text: string): TextEdit {
  const newline = newlineOf(code);
  const last = lastOfHead(code);
  if (last === null) {
    const first = childrenOf(code.tree.topNode).find(({ name }) => name !== 'Comment');
    const from = first === undefined ? 0 : code.lineStart(code.lineOf(first.from));
    return { from, to: from, insert: text + newline };
  }
  const end = code.text.indexOf('\n', contentEnd(last, code));
  return end < 0
    ? { from: code.text.length, to: code.text.length, insert: newline + text }
    : { from: end + 1, to: end + 1, insert: text + newline };
}

/**
 * A line that starts the recorder before the loop, outside of all loops around it and around the
 * calls that lead to it, so that it runs once; as late as that allows, after process groups are set up.
 */
export function addStart(code: PythonCode, loop: TrainingLoop): TextEdit {
  const { statement, isCalledHere } = firstStatementTo(code, loop);
  const from = code.lineStart(code.lineOf(statement.from));
  const call = `${RECORDER_ALIAS}.start(${isCalledHere ? '' : 'once=True'})`;
  return { from, to: from, insert: code.indentAt(statement.from) + call + newlineOf(code) };
}

/** The last import, or else the docstring, before the first definition. */
function lastOfHead(code: PythonCode): SyntaxNode | null {
  let last: SyntaxNode | null = null;
  for (const child of childrenOf(code.tree.topNode)) {
    if (AFTER_IMPORTS.includes(child.name)) {
      break;
    }
    const statement = child.name === 'StatementGroup' ? child.firstChild : child;
    const isDocstring: boolean =
      last === null &&
      child.name === 'ExpressionStatement' &&
      STRING_NODES.includes(child.firstChild?.name ?? '');
    last = statement?.name === 'ImportStatement' || isDocstring ? child : last;
  }
  return last;
}

/** Where a statement's text ends: nodes reach to the start of the next line. */
export function contentEnd({ from, to }: SyntaxNode, code: PythonCode): number {
  return from + code.text.slice(from, to).trimEnd().length;
}

export interface FirstStatement {
  readonly statement: SyntaxNode;
  /** False in a function that only other files call, perhaps more than once. */
  readonly isCalledHere: boolean;
}

/** The statement before which a line runs once, and before the loop. */
export function firstStatementTo(code: PythonCode, loop: TrainingLoop): FirstStatement {
  const facts = collectFacts(code);
  const visited = new Set<PythonFunction>();
  let node = statementAt(code, loop.from);
  let statement = outermostStatement(node);
  for (let owner = functionAround(node, facts); owner !== null && !visited.has(owner);) {
    visited.add(owner);
    const call = callOf(owner, facts);
    if (call === null) {
      return { statement, isCalledHere: false };
    }
    node = call.node;
    statement = call.loop === null ? statement : outermostStatement(node);
    owner = functionAround(node, facts);
  }
  return { statement, isCalledHere: true };
}

function statementAt({ tree }: PythonCode, from: number): SyntaxNode {
  let node = tree.resolveInner(from, 1);
  while (node.parent?.from === from && !['Script', 'Body'].includes(node.parent.name)) {
    node = node.parent;
  }
  return node;
}

function functionAround(node: SyntaxNode, { functions }: CodeFacts): PythonFunction | null {
  const around = functions.filter(
    (candidate) =>
      candidate.name !== null && candidate.node.from <= node.from && node.to <= candidate.node.to,
  );
  return around.at(-1) ?? null;
}

interface Caller {
  readonly node: SyntaxNode;
  /** Around the call. */
  readonly loop: PythonLoop | null;
}

/** A call of a function from elsewhere in the file. */
function callOf(owner: PythonFunction, facts: CodeFacts): Caller | null {
  for (const unit of facts.functions.flatMap(({ node, units }) =>
    node === owner.node ? [] : units,
  )) {
    const node = unit.calls.find((call) => findOwnFunction(call, facts) === owner);
    if (node !== undefined) {
      return { node, loop: unit.loop };
    }
  }
  return null;
}

/** The statement of the function's or the script's own block that a node is in. */
function outermostStatement(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.parent !== null) {
    const { parent } = at;
    const isOfFunction = parent.name === 'Body' && parent.parent?.name === 'FunctionDefinition';
    if (parent.name === 'Script' || isOfFunction) {
      return at;
    }
    at = parent;
  }
  return at;
}
