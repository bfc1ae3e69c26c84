import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, type CallArgument, childrenOf, type PythonCode } from './python-code.ts';
import type { TextEdit } from './text-edit.ts';

/** The arguments of a call, in order. */
export function callArguments(call: SyntaxNode, code: PythonCode): readonly CallArgument[] {
  return argumentsOf(call.getChild('ArgList'), code);
}

/** Whether some of its arguments are only known when it runs: `f(*a)`, `f(**k)`. */
export function unpacksArguments(call: SyntaxNode, code: PythonCode): boolean {
  return callArguments(call, code).some(({ keyword }) => keyword === '*' || keyword === '**');
}

/** The value of an argument by its keyword or, where it has one, its position; null where it is not given. */
export function argumentOf(
  call: SyntaxNode,
  code: PythonCode,
  keyword: string,
  position = Infinity,
): SyntaxNode | null {
  const given = callArguments(call, code);
  const found =
    given.find((argument) => argument.keyword === keyword) ??
    given.find((argument, index) => argument.keyword === null && index === position);
  return found?.value ?? null;
}

/** Replaces the text of a node. */
export function replaceNode({ from, to }: SyntaxNode, insert: string): TextEdit {
  return { from, to, insert };
}

/** Puts a keyword argument behind all others, in the style of the call. */
export function addKeyword(call: SyntaxNode, code: PythonCode, plain: string): TextEdit[] {
  const list = call.getChild('ArgList');
  const argument = spacesAssignments(list) ? plain.replace('=', ' = ') : plain;
  const parts = childrenOf(list).filter(({ name }) => name !== '(' && name !== ')');
  const values = parts.filter(({ name }) => name !== 'Comment');
  const last = values.at(-1);
  if (list === null || last === undefined) {
    const at = (list ?? call).to - 1;
    return [{ from: at, to: at, insert: argument }];
  }
  const lastValue = values.findLast(({ name }) => name !== ',') ?? last;
  const hasTrailingComma = last.name === ',';
  const isOnOwnLine = startsItsLine(firstOfArgument(lastValue), code);
  if (!isOnOwnLine) {
    const insert = hasTrailingComma ? ` ${argument},` : `, ${argument}`;
    return [{ from: last.to, to: last.to, insert }];
  }
  const line = `${newlineOf(code)}${code.indentAt(firstOfArgument(lastValue).from)}${argument}`;
  const comment = parts.find(
    (part) => part.name === 'Comment' && code.lineOf(part.from) === code.lineOf(last.to),
  );
  const end = comment?.to ?? last.to;
  return hasTrailingComma
    ? [{ from: end, to: end, insert: `${line},` }]
    : comment === undefined
      ? [{ from: end, to: end, insert: `,${line}` }]
      : [
          { from: last.to, to: last.to, insert: ',' },
          { from: end, to: end, insert: line },
        ];
}

/** Whether a call writes `n = 1` rather than `n=1`. */
function spacesAssignments(list: SyntaxNode | null): boolean {
  const operator = list?.getChild('AssignOp') ?? null;
  return operator !== null && (operator.prevSibling?.to ?? operator.from) < operator.from;
}

/** How the lines of a file end. */
export function newlineOf({ text }: PythonCode): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The quote that a file uses most. */
export function quoteOf({ text }: PythonCode): string {
  const count = (quote: string): number => text.split(quote).length;
  return count("'") > count('"') ? "'" : '"';
}

/** Whether nothing but blanks is before a node on its line. */
export function startsItsLine({ from }: SyntaxNode, code: PythonCode): boolean {
  return code.lineStart(code.lineOf(from)) + code.indentAt(from).length === from;
}

/** `batch_size=4`: from the name on. */
function firstOfArgument(value: SyntaxNode): SyntaxNode {
  let first = value;
  while (first.prevSibling !== null && !['(', ',', 'Comment'].includes(first.prevSibling.name)) {
    first = first.prevSibling;
  }
  return first;
}
