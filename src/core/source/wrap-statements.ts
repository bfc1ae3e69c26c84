import type { SyntaxNode } from '@lezer/common';
import { endOf } from './data-loaders.ts';
import { newlineOf, startsItsLine } from './edit-call.ts';
import type { PythonCode } from './python-code.ts';
import { nodesBelow } from './python-scope.ts';
import { STRING_NODES } from './python-string.ts';
import type { TextEdit } from './text-edit.ts';

/**
 * Puts statements of one block, the first to the last, below a head such as `if …:`.
 * Null where their lines hold something else, or text that indenting would change.
 */
export function wrapStatements(
  code: PythonCode,
  first: SyntaxNode,
  last: SyntaxNode,
  head: string,
): TextEdit[] | null {
  const end = endOf(last);
  if (!startsItsLine(first, code) || hasMoreOnLine(code, end) || spansString(code, first, last)) {
    return null;
  }
  const indent = code.indentAt(first.from);
  const unit = indentUnit(code, first);
  const edits: TextEdit[] = [
    { from: first.from, to: first.from, insert: `${head}${newlineOf(code)}${indent}${unit}` },
  ];
  for (let line = code.lineOf(first.from) + 1; line <= code.lineOf(end); line++) {
    const at = code.lineStart(line);
    if (/[^\r\n]/.test(code.text.slice(at, endOfLine(code, at)).trim())) {
      edits.push({ from: at, to: at, insert: unit });
    }
  }
  return edits;
}

/** By how much a block is indented; where nothing tells, four blanks. */
export function indentUnit(code: PythonCode, statement: SyntaxNode): string {
  const inner = code.indentAt(statement.from);
  const head = statement.parent?.name === 'Body' ? statement.parent.parent : null;
  const outer = head === null ? inner : code.indentAt(headOf(head).from);
  const own = inner.startsWith(outer) ? inner.slice(outer.length) : '';
  return own !== '' ? own : anyIndent(code);
}

function headOf(node: SyntaxNode): SyntaxNode {
  return node.parent?.name === 'DecoratedStatement' ? node.parent : node;
}

function anyIndent(code: PythonCode): string {
  const block = nodesBelow(code.tree.topNode, ['Body']).at(0);
  const statement = block?.getChild(':')?.nextSibling ?? null;
  const indent = statement === null ? '' : code.indentAt(statement.from);
  return indent === '' ? '    ' : indent;
}

/** The offset at which the text of a line ends, before its line break. */
export function endOfLine({ text }: PythonCode, offset: number): number {
  const at = text.indexOf('\n', offset);
  const end = at < 0 ? text.length : at;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** Other than a comment. */
function hasMoreOnLine(code: PythonCode, end: number): boolean {
  const rest = code.text.slice(end, endOfLine(code, end)).trim();
  return rest !== '' && !rest.startsWith('#');
}

/** Whether a string or a continued line goes over a line break, which an indent would change or break. */
function spansString(code: PythonCode, first: SyntaxNode, last: SyntaxNode): boolean {
  for (let node: SyntaxNode | null = first; node !== null; node = node.nextSibling) {
    const isAcross = nodesBelow(node, STRING_NODES)
      .filter(({ name }) => name !== 'ContinuedString')
      .some((string) => code.lineOf(string.from) !== code.lineOf(string.to));
    if (isAcross) {
      return true;
    }
    if (node.from === last.from) {
      return false;
    }
  }
  return true;
}
