import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from './python-code.ts';

/** Kinds of nodes that hold a piece of Python text. */
export const STRING_NODES: readonly string[] = ['String', 'FormatString', 'ContinuedString'];

/**
 * What a Python string literal says: its constant parts, in order.
 * A plain literal has one; each field of an f-string separates two.
 */
export function readStringParts(node: SyntaxNode, text: string): readonly string[] {
  const parts = [''];
  for (const piece of node.name === 'ContinuedString' ? childrenOf(node) : [node]) {
    appendPiece(parts, piece, text);
  }
  return parts;
}

function appendPiece(parts: string[], piece: SyntaxNode, text: string): void {
  const { from, to } = contentRange(text, piece.from, piece.to);
  const isFormat = piece.name === 'FormatString';
  let position = from;
  for (const child of childrenOf(piece)) {
    append(parts, text.slice(position, child.from), isFormat);
    if (child.name === 'Escape') {
      append(parts, decodeEscape(text.slice(child.from, child.to)), false);
    } else {
      parts.push('');
    }
    position = child.to;
  }
  append(parts, text.slice(position, to), isFormat);
}

function append(parts: string[], constant: string, isFormat: boolean): void {
  const plain = isFormat ? constant.replaceAll('{{', '{').replaceAll('}}', '}') : constant;
  parts[parts.length - 1] += plain;
}

function contentRange(text: string, from: number, to: number): { from: number; to: number } {
  let start = from;
  while (start < to && text[start] !== '"' && text[start] !== "'") {
    start += 1;
  }
  const quote = text.charAt(start);
  const width = text.startsWith(quote.repeat(3), start) && to - start >= 6 ? 3 : 1;
  return { from: start + width, to: to - width };
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\n', ''],
]);

function decodeEscape(escape: string): string {
  const letter = escape.charAt(1);
  if ('xuU'.includes(letter) && escape.length > 2) {
    const code = Number.parseInt(escape.slice(2), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  }
  return SIMPLE_ESCAPES.get(letter) ?? escape.slice(1);
}
