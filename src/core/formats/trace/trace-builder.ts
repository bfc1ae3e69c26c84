import { StringTable } from '../../../base/string-table.ts';
import type { Lane, Spans, Trace, TraceMeta } from '../../model/trace.ts';
import { LaneNames, describeLane, orderLanes, type LaneOrder } from './lane-names.ts';
import { LaneTable } from './lane-table.ts';
import { ProblemLog } from './problem-log.ts';
import { CollectiveColumns, CounterColumns, FlowColumns, InstantColumns } from './side-columns.ts';
import type { Selection } from './selection.ts';
import { SpanColumns, type SpanRow } from './span-columns.ts';
import type { SpanOrder } from './span-order.ts';
import { TimeBase } from './time-base.ts';

export interface FinishOptions {
  /** Unix time of the moment that the file's clock calls 0; null where it has no such meaning. */
  readonly clockZeroNs: bigint | null;
  readonly meta: Omit<TraceMeta, 'originNs'>;
  /** Whether the names of processes belong into the names of lanes. */
  readonly showsProcess: boolean;
  readonly byteLength: number;
  /** More rows will come, and another trace of all of them. */
  readonly mayStay?: boolean;
}

/** A trace in the making. Spans may come in any order; times are those of `time`. */
export class TraceBuilder {
  readonly strings = new StringTable();
  /** Names of processes, threads and categories, which are not part of the trace's strings. */
  readonly labels = new StringTable();
  readonly lanes = new LaneTable(this.labels);
  readonly names = new LaneNames();
  readonly time = new TimeBase();
  readonly log = new ProblemLog();
  readonly spans = new SpanColumns();
  flows = new FlowColumns();
  counters = new CounterColumns();
  instants = new InstantColumns();
  collectives = new CollectiveColumns();

  constructor(private readonly selection: Selection | null = null) {}

  takesSpan(row: SpanRow): boolean {
    return this.selection?.takesSpan(row, this.strings) ?? true;
  }

  /** As {@link Selection.takesTime}. */
  takesTime(ns: number): boolean {
    return this.selection?.takesTime(ns) ?? true;
  }

  /** Forgets what has a time: it turned out to be of another clock. */
  forgetTimes(): void {
    this.spans.clear();
    this.flows = new FlowColumns();
    this.counters = new CounterColumns();
    this.instants = new InstantColumns();
    this.collectives = new CollectiveColumns();
    this.time.restart();
  }

  finish(options: FinishOptions): Trace {
    const laneOf = (place: number): number => this.lanes.laneAt(place);
    const { mayStay = false } = options;
    const flows = this.flows.take(laneOf, mayStay);
    const instants = this.instants.take(laneOf, mayStay);
    const counters = this.counters.take(mayStay);
    const laneOrder = orderLanes(this.lanes, this.names);
    const draftOrder = this.spans.order(this.lanes.drafts.length);
    const { rows, lanes } = this.#placeLanes(laneOrder, draftOrder, options.showsProcess);
    const collectives = this.collectives.take(inverseOf(rows));
    const spans = this.spans.take(rows, mayStay);
    toRows(spans.lane, laneOrder);
    toRows(flows.lane, laneOrder);
    toRows(instants.lane, laneOrder);
    const firstNs = firstStart(spans, lanes);
    for (const times of [spans.start, flows.time, instants.time, counters.time]) {
      shift(times, firstNs);
    }
    return {
      meta: { ...options.meta, originNs: this.#originNs(options.clockZeroNs, firstNs) },
      strings: mayStay ? this.strings.texts() : this.strings.take(),
      lanes,
      spans,
      collectives,
      flows,
      counters,
      instants,
      counts: this.log.counts,
      problems: [...this.log.problems],
      byteLength: options.byteLength,
    };
  }

  /** The rows of spans with the lanes in their final order, and those lanes. */
  #placeLanes(
    laneOrder: LaneOrder,
    draftOrder: SpanOrder,
    showsProcess: boolean,
  ): { rows: Uint32Array<ArrayBuffer>; lanes: Lane[] } {
    const rows = new Uint32Array(draftOrder.rows.length);
    let first = 0;
    const lanes = laneOrder.draftOfRow.map((draft): Lane => {
      const from = draftOrder.laneStarts[draft];
      const count = draftOrder.laneStarts[draft + 1] - from;
      rows.set(draftOrder.rows.subarray(from, from + count), first);
      const lane = {
        ...describeLane(this.lanes.drafts[draft], this.lanes, this.names, { showsProcess }),
        first,
        count,
      };
      first += count;
      return lane;
    });
    return { rows, lanes };
  }

  #originNs(clockZeroNs: bigint | null, firstNs: number): bigint | null {
    const originUs = this.time.originUs;
    if (clockZeroNs === null || originUs === null) {
      return clockZeroNs;
    }
    return clockZeroNs + BigInt(Math.round(originUs)) * 1000n + BigInt(firstNs);
  }
}

function inverseOf(rows: Uint32Array): (row: number) => number {
  let inverse: Uint32Array | null = null;
  return (row) => {
    inverse ??= invert(rows);
    return inverse[row];
  };
}

function invert(rows: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(rows.length);
  rows.forEach((row, i) => (inverse[row] = i));
  return inverse;
}

function toRows(lanes: Uint32Array, { rowOfDraft }: LaneOrder): void {
  for (let i = 0; i < lanes.length; i++) {
    lanes[i] = rowOfDraft[lanes[i]];
  }
}

/** Each lane's first span starts first. */
function firstStart(spans: Spans, lanes: readonly Lane[]): number {
  let first = Infinity;
  for (const lane of lanes) {
    if (lane.count > 0) {
      first = Math.min(first, spans.start[lane.first]);
    }
  }
  return first === Infinity ? 0 : first;
}

function shift(times: Float64Array, by: number): void {
  for (let i = 0; i < times.length; i++) {
    times[i] -= by;
  }
}
