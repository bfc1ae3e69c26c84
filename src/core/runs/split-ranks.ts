import type {
  Collectives,
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
 * file, whose zero may be any moment. What is of no rank goes to the first, as do the counts beyond the
 * spans of the others.
 */
export function splitRanks(trace: Trace): readonly Trace[] {
  const ranks = [...new Set(trace.lanes.flatMap(({ worker }) => worker?.rank ?? []))];
  if (ranks.length === 0) {
    return [trace];
  }
  ranks.sort((a, b) => a - b);
  const traces = ranks.map((rank) =>
    takeLanes(trace, rank, ({ worker }) => (worker?.rank ?? ranks[0]) === rank, ranks.length),
  );
  const [first, ...others] = traces;
  const elsewhere = others.reduce((sum, { spans }) => sum + spans.length, 0);
  return [
    {
      ...first,
      counts: {
        ...trace.counts,
        read: trace.counts.read - elsewhere,
        kept: trace.counts.kept - elsewhere,
      },
      counters: trace.counters,
      problems: trace.problems,
      byteLength: trace.byteLength,
    },
    ...others,
  ];
}

function takeLanes(
  trace: Trace,
  rank: number,
  isTaken: (lane: Lane) => boolean,
  worldSize: number,
): Trace {
  const rows: number[] = [];
  const rowOfLane = new Map<number, number>();
  const lanes: Lane[] = [];
  trace.lanes.forEach((lane, index) => {
    if (isTaken(lane)) {
      rowOfLane.set(index, lanes.length);
      lanes.push({ ...lane, first: rows.length });
      for (let i = lane.first; i < lane.first + lane.count; i++) {
        rows.push(i);
      }
    }
  });
  const laneOf = (lane: number): number => rowOfLane.get(lane) ?? 0;
  const spans = takeSpans(trace.spans, rows, laneOf);
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
    collectives: takeCollectives(trace.collectives, rows),
    flows: takeFlows(trace.flows, rowOfLane),
    counters: {
      length: 0,
      time: new Float64Array(),
      series: new Uint32Array(),
      value: new Float64Array(),
    },
    instants: takeInstants(trace.instants, rowOfLane),
    counts: { ...NO_COUNTS, read: spans.length, kept: spans.length },
    problems: [],
    byteLength: 0,
  };
}

function takeSpans(spans: Spans, rows: readonly number[], laneOf: (lane: number) => number): Spans {
  const optional = <A extends Numbers>(column: A | null | undefined): A | null =>
    column === null || column === undefined ? null : pick(column, rows);
  return {
    length: rows.length,
    start: pick(spans.start, rows),
    duration: pick(spans.duration, rows),
    name: pick(spans.name, rows),
    lane: pick(spans.lane, rows).map(laneOf),
    category: pick(spans.category, rows),
    correlation: pick(spans.correlation, rows),
    externalId: pick(spans.externalId, rows),
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

function takeCollectives(collectives: Collectives, rows: readonly number[]): Collectives {
  const spanOfRow = new Map(rows.map((row, span) => [row, span]));
  const taken = [...collectives.span.keys()]
    .filter((i) => spanOfRow.has(collectives.span[i]))
    .sort((a, b) => spanOf(a) - spanOf(b));
  function spanOf(i: number): number {
    return spanOfRow.get(collectives.span[i]) ?? 0;
  }
  return {
    length: taken.length,
    span: Uint32Array.from(taken, spanOf),
    operation: pick(collectives.operation, taken),
    group: pick(collectives.group, taken),
    sequence: pick(collectives.sequence, taken),
    elements: pick(collectives.elements, taken),
  };
}

function takeFlows(flows: Flows, rowOfLane: ReadonlyMap<number, number>): Flows {
  const rows = [...flows.lane.keys()].filter((i) => rowOfLane.has(flows.lane[i]));
  return {
    length: rows.length,
    id: pick(flows.id, rows),
    time: pick(flows.time, rows),
    lane: pick(flows.lane, rows).map((lane) => rowOfLane.get(lane) ?? 0),
    name: pick(flows.name, rows),
    part: pick(flows.part, rows),
  };
}

function takeInstants(instants: Instants, rowOfLane: ReadonlyMap<number, number>): Instants {
  const rows = [...instants.lane.keys()].filter((i) => rowOfLane.has(instants.lane[i]));
  return {
    length: rows.length,
    time: pick(instants.time, rows),
    lane: pick(instants.lane, rows).map((lane) => rowOfLane.get(lane) ?? 0),
    name: pick(instants.name, rows),
  };
}

function pick<A extends Numbers>(column: A, rows: readonly number[]): A {
  const taken = column.slice(0, rows.length) as A;
  rows.forEach((row, i) => (taken[i] = column[row]));
  return taken;
}
