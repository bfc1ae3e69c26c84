export type Cell = string | number | null;

/** Characters with which a spreadsheet takes a text for a formula, the wide forms of East Asia among them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const SPECIAL = /[",\r\n]/;

/** A row after RFC 4180, with its CRLF. Numbers are plain decimals; null and what is no number is empty. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(',')}\r\n`;
}

/** Text that a spreadsheet would compute gets an apostrophe in front, as OWASP advises. */
function toField(cell: Cell): string {
  if (cell === null || typeof cell === 'number') {
    return cell === null || !Number.isFinite(cell) ? '' : String(cell);
  }
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return SPECIAL.test(text) || text !== cell ? `"${text.replaceAll('"', '""')}"` : text;
}
