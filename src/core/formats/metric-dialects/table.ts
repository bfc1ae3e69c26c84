import type { Head } from '../format.ts';
import { isPlainText } from '../head.ts';
import { LineSplitter } from '../log-lines/line-splitter.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { RowReader } from '../metric-files/row-reader.ts';
import { isMetricRow } from '../metric-files/row-roles.ts';

const SEPARATORS = ['\t', ';', ','];
const MAX_COLUMNS = 4_096;

/** A table with a line of headers: CSV of loops of one's own, of nvidia-smi, of TensorBoard's download button. */
export const table: MetricDialect = {
  id: 'table',
  title: 'CSV',

  isIt(head, mapping) {
    const lines = firstLines(head);
    const separator = separatorOf(lines[0] ?? '');
    if (!isPlainText(head.bytes) || lines.length < 2 || separator === null) {
      return false;
    }
    const header = splitRow(lines[0], separator);
    return lines.slice(1).every((line) => {
      const cells = splitRow(line, separator);
      const row = new Map(header.map((key, i) => [key, cells[i]]));
      return cells.length === header.length && isMetricRow(row, mapping);
    });
  },

  open(builder, source) {
    const decoder = new TextDecoder();
    const reader = new RowReader(builder, source);
    let header: readonly string[] | null = null;
    let separator = ',';
    const takeLine = (bytes: Uint8Array, offset: number, isEnded: boolean): void => {
      const line = decoder.decode(bytes);
      const excerpt = bytes.subarray(0, 512);
      if (header === null) {
        separator = separatorOf(line) ?? ',';
        header = splitRow(line, separator);
        return;
      }
      const cells = splitRow(line, separator);
      if (line.trim() === '' || isSame(cells, header)) {
        return;
      }
      const isShort = cells.length !== header.length;
      if (!isEnded) {
        // Its last number may go on.
        builder.log.cut(offset, 'the last line is not whole', excerpt);
      } else if (isShort) {
        const reason = `this row has ${cells.length} columns where the header has ${header.length}`;
        builder.log.drop(offset, reason, excerpt);
      } else {
        reader.take(new Map(header.map((key, i) => [key, cells[i]])), offset, excerpt);
      }
    };
    const splitter = new LineSplitter(takeLine);
    return {
      push: (chunk) => splitter.push(chunk),
      finish: () => splitter.finish(),
      get clock() {
        return reader.finish();
      },
    };
  },
};

function firstLines({ bytes, isWhole }: Head): string[] {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  const splitter = new LineSplitter((line, _, isEnded) => {
    if ((isEnded || isWhole) && lines.length < 4) {
      lines.push(decoder.decode(line));
    }
  });
  splitter.push(bytes);
  splitter.finish();
  return lines.filter((line) => line.trim() !== '');
}

function separatorOf(header: string): string | null {
  return SEPARATORS.find((separator) => splitRow(header, separator).length > 1) ?? null;
}

/** Fields may be quoted, with doubled quotes in them; one may not go over the end of a line. */
function splitRow(line: string, separator: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length && cells.length < MAX_COLUMNS) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(
      line[at] === '"' || line[at] === ' ' ? line.slice(at) : '',
    );
    const end =
      quoted === null
        ? indexOrEnd(line, separator, at)
        : indexOrEnd(line, separator, at + quoted[0].length);
    cells.push((quoted === null ? line.slice(at, end) : quoted[1].replaceAll('""', '"')).trim());
    at = end + 1;
  }
  return cells;
}

function indexOrEnd(line: string, separator: string, from: number): number {
  const at = line.indexOf(separator, from);
  return at < 0 ? line.length : at;
}

function isSame(cells: readonly string[], header: readonly string[]): boolean {
  return cells.length === header.length && cells.every((cell, i) => cell === header[i]);
}
