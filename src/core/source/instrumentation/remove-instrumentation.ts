import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, childrenOf, dottedNames, PythonCode } from '../python-code.ts';
import { STRING_NODES } from '../python-string.ts';
import { applyEdits, type TextEdit } from '../text-edit.ts';
import { isOurs, RECORDER_ALIAS, RECORDER_MODULE } from './statements.ts';

export interface Removal {
  readonly edits: readonly TextEdit[];
  /** Where the recorder is still used after the edits, in a way that they do not undo; from 1, in the text after them. */
  readonly leftLines: readonly number[];
}

const WRAPPERS: readonly string[] = ['steps', 'loader'];
const CALLBACKS: readonly string[] = ['lightning_callback', 'trainer_callback'];

/** Takes away what `instrument` put in, also after other edits and formatting; all else stays byte for byte. */
export function removeInstrumentation(code: PythonCode): Removal {
  const edits: TextEdit[] = [];
  code.tree.iterate({
    enter({ node }) {
      edits.push(...removeAt(node, code));
    },
  });
  const rest = new PythonCode(applyEdits(code.text, edits));
  const leftLines = usesOf(rest);
  const imports = leftLines.length > 0 ? [] : removeImports(code);
  return { edits: [...edits, ...imports].sort((a, b) => a.from - b.from), leftLines };
}

function removeAt(node: SyntaxNode, code: PythonCode): TextEdit[] {
  switch (node.name) {
    case 'WithStatement':
      return removeSpan(node, code);
    case 'CallExpression':
      return isCallOf(node, WRAPPERS, code) ? unwrap(node, code) : removeCallback(node, code);
    case 'ExpressionStatement':
      return isStatementOf(node, code) ? removeStatement(node, code) : [];
    default:
      return [];
  }
}

function isCallOf(node: SyntaxNode | null, names: readonly string[], code: PythonCode): boolean {
  const [first, last, ...more] = dottedNames(node?.firstChild ?? null, code);
  return (
    node?.name === 'CallExpression' &&
    first === RECORDER_ALIAS &&
    names.includes(last) &&
    more.length === 0
  );
}

/** `_sleuth.start()`, `_sleuth.end_step()`, also under a condition. */
function isStatementOf({ firstChild }: SyntaxNode, code: PythonCode): boolean {
  const call = firstChild?.name === 'ConditionalExpression' ? firstChild.firstChild : firstChild;
  return isCallOf(call, ['start', 'end_step'], code);
}

function unwrap(call: SyntaxNode, code: PythonCode): TextEdit[] {
  const inner = argumentsOf(call.lastChild, code).at(0)?.value;
  return inner === undefined
    ? []
    : [
        { from: call.from, to: inner.from, insert: '' },
        { from: inner.to, to: call.to, insert: '' },
      ];
}

/** A statement behind a `;` goes with it; one that is alone goes with its line. */
function removeStatement(node: SyntaxNode, code: PythonCode): TextEdit[] {
  if (node.parent?.name === 'StatementGroup') {
    const before = node.prevSibling?.prevSibling ?? null;
    const after = node.nextSibling?.nextSibling ?? null;
    return before !== null
      ? [{ from: before.to, to: node.to, insert: '' }]
      : [{ from: node.from, to: after?.from ?? node.to, insert: '' }];
  }
  return [wholeLine(node, code)];
}

function wholeLine({ from, to }: SyntaxNode, { text }: PythonCode): TextEdit {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', to);
  return end < 0
    ? { from: Math.max(0, start - (text[start - 2] === '\r' ? 2 : 1)), to: text.length, insert: '' }
    : { from: start, to: end + 1, insert: '' };
}

/** Of `with _sleuth.span("x"):` the head; of several contexts ours alone. */
function removeSpan(node: SyntaxNode, code: PythonCode): TextEdit[] {
  const ours = node.getChildren('CallExpression').find((call) => isCallOf(call, ['span'], code));
  const before = ours?.prevSibling ?? null;
  const after = ours?.nextSibling ?? null;
  if (ours === undefined || before === null || after === null) {
    return [];
  }
  if (after.name === ',' && after.nextSibling !== null) {
    return [{ from: ours.from, to: after.nextSibling.from, insert: '' }];
  }
  if (before.name === ',') {
    return [{ from: before.from, to: ours.to, insert: '' }];
  }
  return after.name === 'Body' ? removeHead(node, after, code) : [];
}

function removeHead(node: SyntaxNode, body: SyntaxNode, code: PythonCode): TextEdit[] {
  const first = body.firstChild?.nextSibling ?? null;
  if (first === null || node.firstChild?.name !== 'with') {
    return [];
  }
  return code.lineOf(node.from) === code.lineOf(first.from)
    ? [{ from: node.from, to: first.from, insert: '' }]
    : dedent(node, first, code);
}

/** A formatter has put the body on lines of its own: they take the place of the head. */
function dedent(node: SyntaxNode, first: SyntaxNode, code: PythonCode): TextEdit[] {
  const outer = code.indentAt(node.from);
  const inner = code.indentAt(first.from);
  const edits: TextEdit[] = [{ from: node.from, to: first.from, insert: '' }];
  const end = code.lineOf(node.from + code.text.slice(node.from, node.to).trimEnd().length);
  for (let line = code.lineOf(first.from) + 1; line <= end; line++) {
    const from = code.lineStart(line);
    const isDeeper = code.text.startsWith(inner, from) && inner.startsWith(outer);
    if (isDeeper && !isInString(code, from)) {
      edits.push({ from: from + outer.length, to: from + inner.length, insert: '' });
    }
  }
  return edits;
}

function isInString(code: PythonCode, at: number): boolean {
  let node: SyntaxNode | null = code.tree.resolveInner(at, 0);
  while (node !== null && !STRING_NODES.includes(node.name)) {
    node = node.parent;
  }
  return node !== null && node.from < at;
}

/** An element of a list of callbacks; the whole argument where the list has nothing else. */
function removeCallback(node: SyntaxNode, code: PythonCode): TextEdit[] {
  const list = node.parent;
  if (!isCallOf(node, CALLBACKS, code) || list?.name !== 'ArrayExpression') {
    return [];
  }
  const elements = childrenOf(list).filter(
    ({ name }) => !['[', ']', ',', 'Comment'].includes(name),
  );
  const at = elements.findIndex(({ from }) => from === node.from);
  if (elements.length > 1) {
    const next = elements.at(at + 1);
    return at + 1 < elements.length && next !== undefined
      ? [{ from: node.from, to: next.from, insert: '' }]
      : [{ from: elements[at - 1].to, to: node.to, insert: '' }];
  }
  const comma = node.nextSibling;
  return comma?.name === ','
    ? [{ from: node.from, to: comma.to, insert: '' }]
    : removeArgument(list);
}

function removeArgument(list: SyntaxNode): TextEdit[] {
  const keyword = list.prevSibling?.name === 'AssignOp' ? list.prevSibling.prevSibling : null;
  if (keyword === null) {
    return [];
  }
  const comma = keyword.prevSibling;
  const before = comma?.name === ',' ? comma.prevSibling : null;
  return [{ from: before?.to ?? keyword.from, to: list.to, insert: '' }];
}

function removeImports(code: PythonCode): TextEdit[] {
  const edits: TextEdit[] = [];
  code.tree.iterate({
    enter({ node }) {
      if (node.name === 'ImportStatement' && isImport(node, code)) {
        edits.push(...removeStatement(node, code));
      }
    },
  });
  return edits;
}

function isImport(node: SyntaxNode, code: PythonCode): boolean {
  const names = node.getChildren('VariableName').map((name) => code.textOf(name));
  return names.length === 2 && names[0] === RECORDER_MODULE && names[1] === RECORDER_ALIAS;
}

function usesOf(code: PythonCode): number[] {
  const lines: number[] = [];
  code.tree.iterate({
    enter({ node }) {
      if (node.name === 'MemberExpression' && isOurs(node, code)) {
        lines.push(code.lineOf(node.from));
      }
    },
  });
  return [...new Set(lines)];
}
