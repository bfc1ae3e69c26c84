/** What a terminal would obey rather than show, and marks that turn the direction of text. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- finding control characters is its purpose
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Longer text is a broken name, not something to read. */
const MAX_CHARACTERS = 1_000;

/** Text out of a trace, as one line that is safe to print. */
export function plainText(text: string): string {
  return shorten(text, MAX_CHARACTERS)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSAFE, '\ufffd');
}

/** Keeps the start and the end of a text that is longer than `width` characters. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) {
    return text;
  }
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
