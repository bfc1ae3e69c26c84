import { printableLine } from '../../base/unsafe-text.ts';

/** Longer text is a broken name, not something to read. */
const MAX_CHARACTERS = 1_000;

/** Text out of a trace, as one line that is safe to print. */
export function plainText(text: string): string {
  return printableLine(shorten(text, MAX_CHARACTERS));
}

/** Keeps the start and the end of a text that is longer than `width` characters. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) {
    return text;
  }
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
