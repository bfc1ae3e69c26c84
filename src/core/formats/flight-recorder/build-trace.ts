import type { FlightGroup } from '../../model/flight-record.ts';
import { FLIGHT_RECORDER_FORMAT } from '../../model/run.ts';
import type { Trace } from '../../model/trace.ts';
import { LOGICAL } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import type { DumpEntry } from './read-entry.ts';
import type { GroupTable } from './read-groups.ts';

/** On the lane of its group: the part of a collective in which the device was seen to run it. */
const RUNNING = 'on the device';

/**
 * A span for each operation, from when the rank asked for it to when it was seen to end, on a lane for each process
 * group. What never ended lasts to the last moment that the file knows. Its number from 1 is its external id.
 */
export function buildTrace(
  builder: TraceBuilder,
  entries: readonly DumpEntry[],
  groups: GroupTable,
  byteLength: number,
): Trace {
  const table = groups.finish();
  const lastNs = entries.reduce((last, { createdNs, startedNs, completedNs }) => {
    const own = completedNs ?? startedNs ?? createdNs;
    return own > last ? own : last;
  }, 0n);
  entries.forEach((entry, i) =>
    addEntry(builder, entry, { id: i + 1, lastNs, group: table[entry.operation.group] }),
  );
  return builder.finish({
    clockZeroNs: 0n,
    meta: {
      format: FLIGHT_RECORDER_FORMAT,
      ...UNKNOWN_ORIGIN,
      rank: groups.ownRank(),
      worldSize: groups.worldSize(),
      backend: 'nccl',
      hasStacks: entries.some(({ stack }) => stack !== ''),
      flightRecord: { groups: table, operations: entries.map(({ operation }) => operation) },
    },
    showsProcess: false,
    byteLength,
  });
}

interface Place {
  readonly id: number;
  readonly lastNs: bigint;
  readonly group: FlightGroup;
}

function addEntry(
  builder: TraceBuilder,
  { operation, createdNs, startedNs, completedNs, elements, stack }: DumpEntry,
  { id, lastNs, group }: Place,
): void {
  const { spans, strings, labels, lanes, log, collectives } = builder;
  const start = timeOf(builder, createdNs);
  if (Number.isNaN(start)) {
    log.drop(0, 'an entry is more than 52 days from the others', new Uint8Array(0));
    return;
  }
  log.keep();
  const lane = lanes.lane(lanes.place(0, labels.internText(labelOf(group))), LOGICAL);
  const endNs = completedNs ?? (operation.state === 'completed' ? createdNs : lastNs);
  const row = { ...emptySpanRow(), lane, byteOffset: -1, start, externalId: id };
  row.duration = Number(endNs - createdNs);
  row.name = strings.internText(operation.name);
  row.stack = strings.internText(stack);
  collectives.push(spans.length, {
    operation: strings.internText(operation.name.split(' ')[0]),
    group: strings.internText(group.name),
    sequence: operation.sequence,
    elements,
  });
  spans.push(row);
  if (startedNs !== null && startedNs < endNs) {
    const running = {
      ...row,
      start: start + Number(startedNs - createdNs),
      externalId: 0,
      stack: 0,
    };
    spans.push({
      ...running,
      name: strings.internText(RUNNING),
      duration: Number(endNs - startedNs),
    });
  }
}

function labelOf({ name, description }: FlightGroup): string {
  return description === '' ? `group ${name}` : `${description} (group ${name})`;
}

function timeOf({ time }: TraceBuilder, ns: bigint): number {
  return time.toNs({ whole: Number(ns / 1000n), milli: Number(ns % 1000n) });
}
