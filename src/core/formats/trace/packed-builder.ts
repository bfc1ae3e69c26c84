import { mapInto } from '../../../base/map-into.ts';
import type { PackedStrings, StringTable } from '../../../base/string-table.ts';
import type {
  Collectives,
  Counters,
  EventCounts,
  Flows,
  Instants,
  Problem,
  Spans,
} from '../../model/trace.ts';
import type { LaneDraft } from './lane-table.ts';
import { emptySpanRow, type SpanRow } from './span-columns.ts';
import type { TraceBuilder } from './trace-builder.ts';

/**
 * A builder's state as plain data, to be sent from thread to thread: rows in the order of the file,
 * lanes as drafts, and places where a trace has lanes.
 */
export interface PackedBuilder {
  readonly strings: PackedStrings;
  readonly labels: PackedStrings;
  readonly processOf: readonly number[];
  readonly threadOf: readonly number[];
  readonly drafts: readonly LaneDraft[];
  readonly processNames: ReadonlyMap<number, string>;
  readonly threadNames: ReadonlyMap<number, string>;
  readonly sortIndices: ReadonlyMap<number, number>;
  readonly originUs: number | null;
  readonly farthestNs: number;
  readonly spans: Spans;
  readonly flows: Flows;
  readonly counters: Counters;
  readonly instants: Instants;
  readonly collectives: Collectives;
  readonly counts: EventCounts;
  readonly problems: readonly Problem[];
}

/** Of a builder's rows: what they are in another. */
export interface RowMaps {
  readonly strings: Uint32Array;
  readonly labels: Uint32Array;
  readonly places: Uint32Array;
  readonly drafts: Uint32Array;
  readonly shiftNs: number;
}

/** The columns of the builder here are empty after. */
export function packBuilder(builder: TraceBuilder): PackedBuilder {
  const { lanes, names, time, log } = builder;
  const same = (row: number): number => row;
  const identity = Uint32Array.from({ length: builder.spans.length }, (_, row) => row);
  return {
    strings: builder.strings.pack(),
    labels: builder.labels.pack(),
    processOf: lanes.processOf,
    threadOf: lanes.threadOf,
    drafts: lanes.drafts,
    processNames: names.processes,
    threadNames: names.threads,
    sortIndices: names.sortIndices,
    originUs: time.originUs,
    farthestNs: time.farthestNs,
    collectives: builder.collectives.take(same),
    spans: builder.spans.take(identity),
    flows: builder.flows.take(same),
    counters: builder.counters.take(),
    instants: builder.instants.take(same),
    counts: log.counts,
    problems: log.problems,
  };
}

/**
 * Adds what another builder holds, as if its events had come here, behind those that did. False, and
 * nothing is of use any more, where they would have come to something else.
 */
export function addPacked(builder: TraceBuilder, packed: PackedBuilder): RowMaps | null {
  const shiftNs = builder.time.join(packed.originUs, packed.farthestNs);
  if (shiftNs === null) {
    return null;
  }
  const labels = internAll(builder.labels, packed.labels);
  const places = mapInto(new Uint32Array(packed.processOf.length), packed.processOf, (process, i) =>
    builder.lanes.place(labels[process], labels[packed.threadOf[i]]),
  );
  const maps = {
    labels,
    places,
    strings: internAll(builder.strings, packed.strings),
    drafts: mapInto(new Uint32Array(packed.drafts.length), packed.drafts, (draft) =>
      addDraft(builder, draft, places),
    ),
    shiftNs,
  };
  addNames(builder, packed, maps);
  addSpans(builder, packed, maps);
  addSides(builder, packed, maps);
  builder.log.join(packed.counts, packed.problems);
  return maps;
}

/** A span that is not among the columns yet. */
export function mapSpan(row: SpanRow, maps: RowMaps): SpanRow {
  const { strings, drafts, shiftNs } = maps;
  return {
    ...row,
    start: row.start + shiftNs,
    lane: drafts[row.lane],
    name: strings[row.name],
    file: strings[row.file],
    stack: strings[row.stack],
  };
}

function internAll(table: StringTable, { bytes, ends }: PackedStrings): Uint32Array {
  let start = 0;
  return mapInto(new Uint32Array(ends.length), ends, (end) => {
    const row = table.intern(bytes, start, end);
    start = end;
    return row;
  });
}

function addDraft(builder: TraceBuilder, draft: LaneDraft, places: Uint32Array): number {
  const lane = builder.lanes.lane(places[draft.place], draft.kind);
  builder.lanes.drafts[lane].device ??= draft.device;
  return lane;
}

function addNames({ names }: TraceBuilder, packed: PackedBuilder, maps: RowMaps): void {
  packed.processNames.forEach((name, process) => names.processes.set(maps.labels[process], name));
  packed.threadNames.forEach((name, place) => names.threads.set(maps.places[place], name));
  packed.sortIndices.forEach((index, place) => names.sortIndices.set(maps.places[place], index));
}

function addSpans(builder: TraceBuilder, packed: PackedBuilder, maps: RowMaps): void {
  const { spans, collectives } = packed;
  const first = builder.spans.length;
  const { strings, drafts, shiftNs } = maps;
  const none = new Uint8Array(spans.length);
  const files = spans.file ?? none;
  const lines = spans.line ?? none;
  const steps = spans.step ?? none;
  const phases = spans.recordedPhase ?? none;
  const stacks = spans.stack ?? none;
  const chunks = spans.modelChunk ?? none;
  const correlations = spans.correlation ?? none;
  const externalIds = spans.externalId ?? none;
  const autogradNumbers = spans.autograd ?? none;
  const row = emptySpanRow();
  for (let i = 0; i < spans.length; i++) {
    row.start = spans.start[i] + shiftNs;
    row.duration = spans.duration[i];
    row.name = strings[spans.name[i]];
    row.lane = drafts[spans.lane[i]];
    row.category = spans.category[i];
    row.correlation = correlations[i];
    row.externalId = externalIds[i];
    row.byteOffset = spans.byteOffset[i];
    row.file = strings[files[i]];
    row.line = lines[i];
    row.step = steps[i];
    row.recordedPhase = phases[i];
    row.stack = strings[stacks[i]];
    row.modelChunk = chunks[i];
    row.autograd = autogradNumbers[i];
    builder.spans.push(row);
  }
  addCollectives(builder, collectives, first, strings);
}

function addCollectives(
  builder: TraceBuilder,
  collectives: Collectives,
  firstSpan: number,
  strings: Uint32Array,
): void {
  for (let i = 0; i < collectives.length; i++) {
    builder.collectives.push(firstSpan + collectives.span[i], {
      operation: strings[collectives.operation[i]],
      group: strings[collectives.group[i]],
      sequence: collectives.sequence[i],
      elements: collectives.elements[i],
    });
  }
}

function addSides(
  builder: TraceBuilder,
  { flows, counters, instants }: PackedBuilder,
  { strings, places, shiftNs }: RowMaps,
): void {
  for (let i = 0; i < flows.length; i++) {
    const part = flows.part[i] as 0 | 1 | 2;
    const place = places[flows.lane[i]];
    builder.flows.push(flows.id[i], flows.time[i] + shiftNs, place, strings[flows.name[i]], part);
  }
  for (let i = 0; i < counters.length; i++) {
    const series = strings[counters.series[i]];
    builder.counters.push(counters.time[i] + shiftNs, series, counters.value[i]);
  }
  for (let i = 0; i < instants.length; i++) {
    const place = places[instants.lane[i]];
    builder.instants.push(instants.time[i] + shiftNs, place, strings[instants.name[i]]);
  }
}
