/** What a terminal would obey rather than show, and marks that turn the direction of text. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- finding control characters is its purpose
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text as one line, with a mark in place of each character that is not to be printed. */
export function printableLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(UNSAFE, '\ufffd');
}
