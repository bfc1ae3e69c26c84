import type {
  Collectives,
  Counters,
  EventCounts,
  Flows,
  Instants,
  Lane,
  Spans,
  Trace,
} from '../model/trace.ts';

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const NO_COUNTS: EventCounts = { read: 0, kept: 0, repaired: 0, dropped: 0, clipped: 0 };

/**
 * One trace a rank, where lanes say whose they are; else the trace as it is. All have the clock of the
 * file, whose zero may be any moment. What is of no rank goes to the first, as do the counts beyond those
 * of the others: their spans, or as large a part of the events where one event gives several spans.
 */
export function splitRanks(trace: Trace): readonly Trace[] {
  const ofLanes = trace.lanes.flatMap((lane) => rankOf(lane) ?? []);
  const ofCounters = [...new Set(trace.counters.rank ?? [])].filter((rank) => rank > 0);
  const ranks = [...new Set([...ofLanes, ...ofCounters.map((rank) => rank - 1)])];
  if (ranks.length === 0) {
    return [trace];
  }
  ranks.sort((a, b) => a - b);
  const byLane = listByLane(trace);
  const lanesOf = new Map(ranks.map((rank) => [rank, [] as number[]]));
  trace.lanes.forEach((lane, i) => lanesOf.get(rankOf(lane) ?? ranks[0])?.push(i));
  // One rank that is not the first is of a job of an unknown size.
  const worldSize = ranks.length === 1 && ranks[0] > 0 ? null : ranks.length;
  const traces = ranks.map((rank) =>
    takeLanes(trace, byLane, { rank, lanes: lanesOf.get(rank) ?? [], worldSize }),
  );
  const [first, ...others] = traces;
  const elsewhere = others.reduce((sum, { counts }) => sum + counts.kept, 0);
  return [
    {
      ...first,
      counts: {
        ...trace.counts,
        read: trace.counts.read - elsewhere,
        kept: trace.counts.kept - elsewhere,
      },
      counters: takeCounters(trace.counters, [0, ranks[0] + 1]),
      problems: trace.problems,
      byteLength: trace.byteLength,
    },
    ...others,
  ];
}

function rankOf({ worker, rank }: Lane): number | undefined {
  return worker?.rank ?? rank;
}

/** What is not in the order of lanes, by lane: going through all of it for each rank would take ranks times as long. */
interface ByLane {
  readonly flows: readonly (readonly number[])[];
  readonly instants: readonly (readonly number[])[];
  /** By span: the row of its collective; -1 is none. */
  readonly collectiveOf: Int32Array<ArrayBuffer>;
}

function listByLane({ lanes, spans, collectives, flows, instants }: Trace): ByLane {
  const rowsOf = ({ lane }: Flows | Instants): number[][] => {
    const rows = lanes.map((): number[] => []);
    lane.forEach((own, row) => rows[own].push(row));
    return rows;
  };
  const collectiveOf = new Int32Array(spans.length).fill(-1);
  collectives.span.forEach((span, row) => (collectiveOf[span] = row));
  return { flows: rowsOf(flows), instants: rowsOf(instants), collectiveOf };
}

interface RankLanes {
  readonly rank: number;
  readonly lanes: readonly number[];
  readonly worldSize: number | null;
}

function takeLanes(
  trace: Trace,
  byLane: ByLane,
  { rank, lanes: taken, worldSize }: RankLanes,
): Trace {
  const rows: number[] = [];
  const rowOfLane = new Map<number, number>();
  const lanes: Lane[] = [];
  for (const index of taken) {
    const lane = trace.lanes[index];
    rowOfLane.set(index, lanes.length);
    lanes.push({ ...lane, first: rows.length });
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      rows.push(i);
    }
  }
  const inOrder = (ofLanes: readonly (readonly number[])[]): number[] =>
    taken.flatMap((lane) => ofLanes[lane]).sort((a, b) => a - b);
  const laneOf = (lane: number): number => rowOfLane.get(lane) ?? 0;
  const spans = takeSpans(trace.spans, rows, laneOf);
  const counters = takeCounters(trace.counters, [rank + 1]);
  const own = spans.length + counters.length;
  const all = trace.spans.length + (trace.counters.rank?.length ?? 0);
  const kept = Math.max(
    Math.min(1, own),
    Math.floor(own * Math.min(1, trace.counts.kept / Math.max(1, all))),
  );
  return {
    meta: {
      ...trace.meta,
      rank,
      worldSize: trace.meta.worldSize ?? worldSize,
      originNs: trace.meta.originNs ?? 0n,
    },
    strings: trace.strings,
    lanes,
    spans,
    collectives: takeCollectives(trace.collectives, rows, byLane.collectiveOf),
    flows: takeFlows(trace.flows, inOrder(byLane.flows), laneOf),
    counters,
    instants: takeInstants(trace.instants, inOrder(byLane.instants), laneOf),
    counts: { ...NO_COUNTS, read: kept, kept },
    problems: [],
    byteLength: 0,
  };
}

function takeSpans(spans: Spans, rows: readonly number[], laneOf: LaneOf): Spans {
  const optional = <A extends Numbers>(column: A | null | undefined): A | null =>
    column === null || column === undefined ? null : pick(column, rows);
  return {
    length: rows.length,
    start: pick(spans.start, rows),
    duration: pick(spans.duration, rows),
    name: pick(spans.name, rows),
    lane: pick(spans.lane, rows).map(laneOf),
    category: pick(spans.category, rows),
    correlation: optional(spans.correlation),
    externalId: optional(spans.externalId),
    byteOffset: pick(spans.byteOffset, rows),
    file: optional(spans.file),
    line: optional(spans.line),
    step: optional(spans.step),
    recordedPhase: optional(spans.recordedPhase),
    stack: optional(spans.stack),
    modelChunk: optional(spans.modelChunk),
    autograd: optional(spans.autograd),
  };
}

function takeCollectives(
  collectives: Collectives,
  rows: readonly number[],
  collectiveOf: Int32Array,
): Collectives {
  const spans = [...rows.keys()].filter((span) => collectiveOf[rows[span]] >= 0);
  const taken = spans.map((span) => collectiveOf[rows[span]]);
  return {
    length: taken.length,
    span: Uint32Array.from(spans),
    operation: pick(collectives.operation, taken),
    group: pick(collectives.group, taken),
    sequence: pick(collectives.sequence, taken),
    elements: pick(collectives.elements, taken),
  };
}

type LaneOf = (lane: number) => number;

function takeFlows(flows: Flows, rows: readonly number[], laneOf: LaneOf): Flows {
  return {
    length: rows.length,
    id: pick(flows.id, rows),
    time: pick(flows.time, rows),
    lane: pick(flows.lane, rows).map(laneOf),
    name: pick(flows.name, rows),
    part: pick(flows.part, rows),
  };
}

/** Of these ranks plus 1. */
function takeCounters({ rank, time, series, value }: Counters, ranks: readonly number[]): Counters {
  const rows: number[] = [];
  for (let i = 0; i < value.length; i++) {
    if (ranks.includes(rank?.[i] ?? 0)) {
      rows.push(i);
    }
  }
  return {
    length: rows.length,
    time: pick(time, rows),
    series: pick(series, rows),
    value: pick(value, rows),
  };
}

function takeInstants(instants: Instants, rows: readonly number[], laneOf: LaneOf): Instants {
  return {
    length: rows.length,
    time: pick(instants.time, rows),
    lane: pick(instants.lane, rows).map(laneOf),
    name: pick(instants.name, rows),
  };
}

function pick<A extends Numbers>(column: A, rows: readonly number[]): A {
  const taken = column.slice(0, rows.length) as A;
  rows.forEach((row, i) => (taken[i] = column[row]));
  return taken;
}
