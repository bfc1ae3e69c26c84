import type { SyntaxNode } from '@lezer/common';
import { dottedNames, type PythonCode } from '../python-code.ts';

/** The name under which instrumented scripts import the recorder; it marks what is ours. */
export const RECORDER_ALIAS = '_sleuth';
export const RECORDER_MODULE = 'training_sleuth';

const SIMPLE: readonly string[] = [
  'ExpressionStatement',
  'AssignStatement',
  'UpdateStatement',
  'ReturnStatement',
  'DeleteStatement',
  'AssertStatement',
];

/** The simple statement that begins at an offset. */
export function simpleStatementAt(code: PythonCode, from: number): SyntaxNode | null {
  let node: SyntaxNode | null = code.tree.resolveInner(from, 1);
  while (node !== null && node.from === from) {
    if (SIMPLE.includes(node.name)) {
      return node;
    }
    node = node.parent;
  }
  return null;
}

/** All statements of a line that `;` separates, or the statement alone. */
export function statementGroupOf(statement: SyntaxNode): SyntaxNode {
  return statement.parent?.name === 'StatementGroup' ? statement.parent : statement;
}

/** The body, or the file, that a node is a statement of. */
export function blockOf(node: SyntaxNode): SyntaxNode | null {
  let at: SyntaxNode | null = node.parent;
  while (at !== null && at.name !== 'Body' && at.name !== 'Script') {
    at = at.parent;
  }
  return at;
}

/** Whether an expression or statement begins with a call of the recorder. */
export function isOurs(node: SyntaxNode | null, code: PythonCode): boolean {
  let at = node;
  while (at !== null && at.name !== 'MemberExpression') {
    at = at.firstChild;
  }
  return dottedNames(at, code)[0] === RECORDER_ALIAS;
}

/** What ends the lines of a file. */
export function newlineOf({ text }: PythonCode): string {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}
