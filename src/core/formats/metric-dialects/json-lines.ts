import type { Head } from '../format.ts';
import { isRecord, parseJson } from '../json/loose-values.ts';
import { LineSplitter } from '../log-lines/line-splitter.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import type { MetricMapping } from '../metric-files/metric-mapping.ts';
import { RowReader } from '../metric-files/row-reader.ts';
import { isMetricRow } from '../metric-files/row-roles.ts';

const MAX_DEPTH = 3;
const MAX_CELLS = 4_096;

/** Keys of lines that are of another kind: events of a trace, spans, and what plug-ins of NCCL write. */
const FOREIGN = ['ph', 'traceEvents', 'dur', 'duration', 'event_type', 'func', 'pid'];

/**
 * One object a line, as Weights & Biases, the SageMaker debugger's monitor, superbench's monitor and loops of one's own
 * write them; objects within are joined to their key by a slash.
 */
export const jsonLines: MetricDialect = {
  id: 'json-lines',
  title: 'JSON lines',

  isIt(head, mapping) {
    const rows = firstRows(head);
    return rows.length > 0 && rows.every((row) => isRow(row, mapping));
  },

  open(builder, source) {
    const reader = new RowReader(builder, source);
    const splitter = new LineSplitter((bytes, offset, isEnded) => {
      const value = parseJson(bytes);
      const excerpt = bytes.subarray(0, 512);
      if (isRecord(value)) {
        reader.take(flatten(value), offset, excerpt);
      } else if (!isEnded) {
        builder.log.cut(offset, 'the last line is not whole', excerpt);
      } else if (!isBlank(bytes)) {
        builder.log.drop(offset, 'this line is not a JSON object', excerpt);
      }
    });
    return {
      push: (chunk) => splitter.push(chunk),
      finish: () => splitter.finish(),
      get clock() {
        return reader.finish();
      },
    };
  },
};

function isRow(row: ReadonlyMap<string, unknown>, mapping: MetricMapping | null): boolean {
  const isForeign = mapping === null && FOREIGN.some((key) => row.has(key));
  return !isForeign && isMetricRow(row, mapping);
}

/** The whole lines at the beginning; empty where one of them is no object. */
function firstRows({ bytes, isWhole }: Head): ReadonlyMap<string, unknown>[] {
  const rows: (ReadonlyMap<string, unknown> | null)[] = [];
  const splitter = new LineSplitter((line, _, isEnded) => {
    if ((isEnded || isWhole) && rows.length < 3 && !isBlank(line)) {
      const value = line[0] === OPEN_BRACE ? parseJson(line) : null;
      rows.push(isRecord(value) ? flatten(value) : null);
    }
  });
  splitter.push(bytes);
  splitter.finish();
  const known = rows.filter((row) => row !== null);
  return known.length === rows.length ? known : [];
}

const OPEN_BRACE = 0x7b;

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09);
}

/** Leaves by their path; deeper ones are left out. */
export function flatten(record: Record<string, unknown>): ReadonlyMap<string, unknown> {
  const cells = new Map<string, unknown>();
  const open: (readonly [prefix: string, value: Record<string, unknown>, depth: number])[] = [
    ['', record, 1],
  ];
  for (const [prefix, value, depth] of open) {
    for (const [key, member] of Object.entries(value)) {
      if (cells.size + open.length > MAX_CELLS) {
        return cells;
      }
      if (!isRecord(member)) {
        cells.set(prefix + key, member);
      } else if (depth < MAX_DEPTH) {
        open.push([`${prefix}${key}/`, member, depth + 1]);
      }
    }
  }
  return cells;
}
