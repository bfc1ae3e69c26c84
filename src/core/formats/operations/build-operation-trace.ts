import { isCommunication, isOperationKind, OPERATION_PHASES } from '../../model/operation.ts';
import { phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import type { Trace, WorkerPlace } from '../../model/trace.ts';
import { STREAM } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { placeWorkers } from './place-workers.ts';
import type { ColumnName, OperationTable } from './read-operation-table.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';

/** Steps whose times all count from their own start are laid one after another, this share of a step apart. */
const DISTANCE = 0.1;

const NO_BYTES = new Uint8Array(0);
const MAX_NUMBER = 1e7;

/** One row of the table. Seconds. */
interface OperationRow {
  readonly worker: WorkerPlace;
  readonly name: string;
  readonly step: number;
  readonly chunk: number;
  readonly start: number;
  readonly duration: number;
}

/** A trace of all ranks from a table, or an empty one with the reason why there is none. */
export function buildOperationTrace(table: OperationTable | string, byteLength: number): Trace {
  const builder = new TraceBuilder();
  const workers = new Map<string, WorkerPlace>();
  if (typeof table === 'string') {
    builder.log.describe('unreadable', 0, table, NO_BYTES);
  } else {
    addRows(table, builder, workers);
  }
  const trace = builder.finish({
    clockZeroNs: null,
    meta: {
      format: 'parquet',
      ...UNKNOWN_ORIGIN,
      hasStacks: false,
    },
    showsProcess: false,
    byteLength,
  });
  const lanes = trace.lanes.map(({ processId, threadId }) => {
    const worker = workers.get(processId);
    return worker === undefined ? null : { worker, name: threadId };
  });
  return placeWorkers(trace, lanes);
}

function addRows(
  table: OperationTable,
  builder: TraceBuilder,
  workers: Map<string, WorkerPlace>,
): void {
  const rows: OperationRow[] = [];
  for (let i = 0; i < table.length; i++) {
    const row = rowAt(table, i);
    if (row === null) {
      builder.log.drop(0, 'this row has no rank, step, name or time', NO_BYTES);
    } else {
      rows.push(row);
    }
  }
  const offsets = layOutSteps(rows);
  for (const row of rows) {
    workers.set(String(row.worker.rank), row.worker);
    addSpan(row, offsets.get(row.step) ?? 0, builder);
  }
}

function addSpan(
  { worker, name, step, chunk, start, duration }: OperationRow,
  offset: number,
  { labels, lanes, spans, strings, time, log }: TraceBuilder,
): void {
  const us = (start + offset) * 1e6;
  const whole = Math.floor(us);
  const startNs = time.toNs({ whole, milli: Math.round((us - whole) * 1e3) });
  if (Number.isNaN(startNs)) {
    log.drop(0, 'the time of this row is more than 52 days from the others', NO_BYTES);
    return;
  }
  const place = lanes.place(
    labels.internText(String(worker.rank)),
    labels.internText(streamOf(name)),
  );
  spans.push({
    ...emptySpanRow(),
    start: startNs,
    duration: Math.round(duration * 1e9),
    name: strings.internText(name),
    lane: lanes.lane(place, STREAM),
    category: categoryIndex('recorded'),
    // A row of a table has no arguments in the file.
    byteOffset: -1,
    step: step + 1,
    recordedPhase: isOperationKind(name) ? phaseIndex(OPERATION_PHASES[name]) : 0,
    modelChunk: chunk + 1,
  });
  log.keep();
}

function streamOf(name: string): string {
  if (/-(send|recv)$/.test(name)) {
    return 'pp-comm';
  }
  return isOperationKind(name) && isCommunication(name) ? 'dp-comm' : 'compute';
}

function rowAt({ columns }: OperationTable, i: number): OperationRow | null {
  const number = (name: ColumnName): number => Number(columns.get(name)?.[i] ?? NaN);
  const count = (name: ColumnName, missing: number): number => {
    const value = columns.has(name) ? number(name) : missing;
    return Number.isInteger(value) && value >= 0 && value < MAX_NUMBER ? value : NaN;
  };
  const name = columns.get('optype')?.[i];
  const worker = {
    rank: count('rank', NaN),
    dataRank: count('dp_rank', NaN),
    stage: count('stage', NaN),
    tensorRank: count('tp_rank', 0),
  };
  const step = count('step', NaN);
  const start = number('start_ts');
  const duration = Math.max(0, number('duration'));
  const chunk = number('mc');
  const isWhole = [...Object.values(worker), step, start, duration].every(Number.isFinite);
  return isWhole && typeof name === 'string' && name !== ''
    ? { worker, name, step, chunk: chunk > 0 && chunk < MAX_NUMBER ? chunk : 0, start, duration }
    : null;
}

/** By step: seconds to add to its times; nothing where steps do not overlap. */
function layOutSteps(rows: readonly OperationRow[]): Map<number, number> {
  const bounds = new Map<number, { start: number; end: number }>();
  for (const { step, start, duration } of rows) {
    const known = bounds.get(step) ?? { start: Infinity, end: -Infinity };
    known.start = Math.min(known.start, start);
    known.end = Math.max(known.end, start + duration);
    bounds.set(step, known);
  }
  const steps = [...bounds].sort(([a], [b]) => a - b);
  const overlap = steps.some(([, { start }], i) => i > 0 && start < steps[i - 1][1].end);
  const offsets = new Map<number, number>();
  let at = 0;
  for (const [step, { start, end }] of overlap ? steps : []) {
    offsets.set(step, at - start);
    at += (1 + DISTANCE) * (end - start);
  }
  return offsets;
}
