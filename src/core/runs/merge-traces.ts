import { mapInto } from '../../base/map-into.ts';
import type {
  Collectives,
  Counters,
  EventCounts,
  Flows,
  Instants,
  Spans,
  Trace,
  TraceMeta,
} from '../model/trace.ts';

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** What a row of the second trace becomes in the merged one. */
interface Move {
  /** Nanoseconds to add to times. */
  readonly shiftNs: number;
  readonly firstLane: number;
  readonly firstSpan: number;
  readonly stringOf: Uint32Array<ArrayBuffer>;
}

/**
 * Two recordings of one process as one trace, the lanes of the second after those of the first.
 * Spans of the second have no place in the first's file: their byte offset is -1.
 */
export function mergeTraces(first: Trace, second: Trace, secondFile: string): Trace {
  const { strings, stringOf } = mergeStrings(first.strings, second.strings);
  const move: Move = {
    shiftNs: Number((second.meta.originNs ?? 0n) - (first.meta.originNs ?? 0n)),
    firstLane: first.lanes.length,
    firstSpan: first.spans.length,
    stringOf,
  };
  return {
    meta: mergeSources(first.meta, second.meta),
    strings,
    lanes: [
      ...first.lanes,
      ...second.lanes.map((lane) => ({ ...lane, first: lane.first + move.firstSpan })),
    ],
    spans: mergeSpans(first.spans, second.spans, move),
    collectives: mergeCollectives(first.collectives, second.collectives, move),
    flows: mergeFlows(first.flows, second.flows, move),
    counters: mergeCounters(first.counters, second.counters, move),
    instants: mergeInstants(first.instants, second.instants, move),
    counts: addCounts(first.counts, second.counts),
    problems: [
      ...first.problems,
      ...second.problems.map((problem) => ({
        ...problem,
        reason: `${secondFile}: ${problem.reason}`,
      })),
    ].slice(0, 100),
    byteLength: first.byteLength + second.byteLength,
  };
}

/** A loader worker may name files that its rank does not. */
function mergeSources(first: TraceMeta, { sources = [] }: TraceMeta): TraceMeta {
  const known = first.sources ?? [];
  const files = new Set(known.map(({ file }) => file));
  const others = sources.filter(({ file }) => !files.has(file));
  return others.length === 0 ? first : { ...first, sources: [...known, ...others] };
}

function mergeSpans(a: Spans, b: Spans, move: Move): Spans {
  const optional = <A extends Numbers>(
    create: (length: number) => A,
    [x, y]: readonly [A | null, A | null],
    map: (value: number) => number = same,
  ): A | null =>
    x === null && y === null
      ? null
      : concat(create, [x ?? create(a.length), y ?? create(b.length)], map);
  return {
    length: a.length + b.length,
    start: concat(float64, [a.start, b.start], (time) => time + move.shiftNs),
    duration: concat(float64, [a.duration, b.duration]),
    name: concat(uint32, [a.name, b.name], text(move)),
    lane: concat(uint32, [a.lane, b.lane], lane(move)),
    category: concat(uint8, [a.category, b.category]),
    correlation: optional(uint32, [a.correlation, b.correlation]),
    externalId: optional(uint32, [a.externalId, b.externalId]),
    byteOffset: concat(float64, [a.byteOffset, b.byteOffset], () => -1),
    file: optional(uint32, [a.file, b.file], text(move)),
    line: optional(uint32, [a.line, b.line]),
    step: optional(uint32, [a.step, b.step]),
    recordedPhase: optional(uint8, [a.recordedPhase, b.recordedPhase]),
    stack: optional(uint32, [a.stack, b.stack], text(move)),
    autograd: optional(uint32, [a.autograd ?? null, b.autograd ?? null]),
  };
}

function mergeCollectives(a: Collectives, b: Collectives, move: Move): Collectives {
  return {
    length: a.length + b.length,
    span: concat(uint32, [a.span, b.span], (span) => span + move.firstSpan),
    operation: concat(uint32, [a.operation, b.operation], text(move)),
    group: concat(uint32, [a.group, b.group], text(move)),
    sequence: concat(float64, [a.sequence, b.sequence]),
    elements: concat(float64, [a.elements, b.elements]),
  };
}

function mergeFlows(a: Flows, b: Flows, move: Move): Flows {
  return {
    length: a.length + b.length,
    id: concat(float64, [a.id, b.id]),
    time: concat(float64, [a.time, b.time], (time) => time + move.shiftNs),
    lane: concat(uint32, [a.lane, b.lane], lane(move)),
    name: concat(uint32, [a.name, b.name], text(move)),
    part: concat(uint8, [a.part, b.part]),
  };
}

function mergeCounters(a: Counters, b: Counters, move: Move): Counters {
  return {
    length: a.length + b.length,
    time: concat(float64, [a.time, b.time], (time) => time + move.shiftNs),
    series: concat(uint32, [a.series, b.series], text(move)),
    value: concat(float64, [a.value, b.value]),
  };
}

function mergeInstants(a: Instants, b: Instants, move: Move): Instants {
  return {
    length: a.length + b.length,
    time: concat(float64, [a.time, b.time], (time) => time + move.shiftNs),
    lane: concat(uint32, [a.lane, b.lane], lane(move)),
    name: concat(uint32, [a.name, b.name], text(move)),
  };
}

function addCounts(a: EventCounts, b: EventCounts): EventCounts {
  return {
    read: a.read + b.read,
    kept: a.kept + b.kept,
    repaired: a.repaired + b.repaired,
    dropped: a.dropped + b.dropped,
    clipped: a.clipped + b.clipped,
  };
}

function mergeStrings(
  first: readonly string[],
  second: readonly string[],
): { strings: string[]; stringOf: Uint32Array<ArrayBuffer> } {
  const strings = [...first];
  const rowByText = new Map(first.map((string, row) => [string, row]));
  const stringOf = mapInto(new Uint32Array(second.length), second, (string) => {
    const known = rowByText.get(string);
    if (known !== undefined) {
      return known;
    }
    rowByText.set(string, strings.length);
    return strings.push(string) - 1;
  });
  return { strings, stringOf };
}

/** The rows of both, those of the second changed by `map`. */
function concat<A extends Numbers>(
  create: (length: number) => A,
  [a, b]: readonly [A, A],
  map: (value: number) => number = same,
): A {
  const whole = create(a.length + b.length);
  whole.set(a);
  for (let i = 0; i < b.length; i++) {
    whole[a.length + i] = map(b[i]);
  }
  return whole;
}

const text =
  ({ stringOf }: Move) =>
  (row: number): number =>
    stringOf[row];
const lane =
  ({ firstLane }: Move) =>
  (row: number): number =>
    row + firstLane;
const same = (value: number): number => value;
const float64 = (length: number): Float64Array<ArrayBuffer> => new Float64Array(length);
const uint32 = (length: number): Uint32Array<ArrayBuffer> => new Uint32Array(length);
const uint8 = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
