import { printableLine } from '../../base/unsafe-text.ts';

/** Longer names are of generated code; nobody reads them in an issue. */
const MAX_CODE_CHARACTERS = 160;

/** Text of a trace as Markdown that shows it as it is: no markup, no HTML, nobody mentioned. */
export function escapeText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replace(/(^|[^\p{L}\d])@(?=[\p{L}\d])/gu, '$1@\u2060')
    .replace(/^(?=[#>+-]|\d+[.)]\s)/, '\u2060');
}

/** A name as code; fences are longer than any within, and a bar does not end the cell of a table. */
export function code(name: string): string {
  const flat = oneLine(name);
  const short = flat.length > MAX_CODE_CHARACTERS ? `${flat.slice(0, MAX_CODE_CHARACTERS)}…` : flat;
  if (short === '') {
    return '';
  }
  const longest = Math.max(0, ...(short.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${room}${short.replaceAll('|', '\\|')}${room}${fence}`;
}

function oneLine(text: string): string {
  return printableLine(text).replace(/ +/g, ' ').trim();
}

/** A table of GitHub's Markdown; cells are Markdown already. */
export function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

export function listMarkdown(texts: readonly string[]): string {
  return texts.map((text) => `- ${escapeText(text)}`).join('\n');
}
