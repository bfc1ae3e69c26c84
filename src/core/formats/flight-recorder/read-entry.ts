import type { FlightOperation, FlightState } from '../../model/flight-record.ts';
import { integerOf, listOf, memberOf, numberOf, textOf } from './loose-record.ts';
import type { GroupTable } from './read-groups.ts';

const MAX_TEXT_CHARACTERS = 4_096;
const MAX_SIZES = 64;
const MAX_FRAMES = 64;
const BACKEND = /^(?:nccl|rccl|xccl|gloo|ucc|mpi):/;
const POINT_TO_POINT = /^(?:send|recv)\b/;

/** One entry of a dump, with its times. */
export interface DumpEntry {
  readonly operation: FlightOperation;
  /** Unix time, in nanoseconds. */
  readonly createdNs: bigint;
  /** When a watcher first saw that it had started, and had ended; null where it never did. */
  readonly startedNs: bigint | null;
  readonly completedNs: bigint | null;
  /** Of all tensors that went in; -1 where unknown. */
  readonly elements: number;
  /** Innermost frame first, separated by `;`; empty where none were recorded. */
  readonly stack: string;
}

/**
 * Null, and why, where an entry cannot be used. Names of members changed between versions 1.5 and 2.10.
 * https://github.com/pytorch/pytorch/blob/main/torch/csrc/distributed/c10d/FlightRecorder.hpp
 */
export function readEntry(entry: unknown, groups: GroupTable): DumpEntry | string {
  const name = textOf(memberOf(entry, 'profiling_name'))?.replace(BACKEND, '');
  const createdNs = integerOf(memberOf(entry, 'time_created_ns'));
  if (name === undefined || createdNs === null) {
    return 'this entry has no name or no time';
  }
  const short = name.slice(0, MAX_TEXT_CHARACTERS);
  const isPointToPoint = memberOf(entry, 'is_p2p') === true || POINT_TO_POINT.test(short);
  const sequence = numberOf(
    (isPointToPoint ? memberOf(entry, 'p2p_seq_id') : memberOf(entry, 'collective_seq_id')) ??
      memberOf(entry, 'seq_id'),
  );
  if (!Number.isFinite(sequence)) {
    return 'this entry has no number in its group';
  }
  const completedNs = timeAfter(createdNs, memberOf(entry, 'time_discovered_completed_ns'));
  const startedNs = timeAfter(createdNs, memberOf(entry, 'time_discovered_started_ns'));
  const timeout = numberOf(memberOf(entry, 'timeout_ms'));
  return {
    operation: {
      group: groupOf(entry, groups),
      name: short,
      isPointToPoint,
      sequence,
      state: stateOf(entry, completedNs),
      inputSizes: sizesOf(memberOf(entry, 'input_sizes')),
      inputTypes: listOf(memberOf(entry, 'input_dtypes'))
        .slice(0, MAX_SIZES)
        .join(', ')
        .slice(0, MAX_TEXT_CHARACTERS),
      timeoutMs: timeout > 0 ? timeout : null,
    },
    createdNs,
    startedNs:
      completedNs !== null && startedNs !== null && startedNs > completedNs
        ? completedNs
        : startedNs,
    completedNs,
    elements: elementsOf(memberOf(entry, 'input_sizes')),
    stack: stackOf(memberOf(entry, 'frames')),
  };
}

function groupOf(entry: unknown, groups: GroupTable): number {
  const [name, description] = listOf(memberOf(entry, 'process_group'));
  const id = textOf(memberOf(entry, 'pg_id'));
  const known = textOf(name) ?? textOf(memberOf(entry, 'pg_name')) ?? id ?? '';
  return groups.row(known, textOf(description) ?? '', { id });
}

/** What is retired is no longer watched: it had ended. */
function stateOf(entry: unknown, completedNs: bigint | null): FlightState {
  const state = memberOf(entry, 'state');
  return completedNs !== null || state === 'completed' || memberOf(entry, 'retired') === true
    ? 'completed'
    : state === 'started'
      ? 'started'
      : 'scheduled';
}

/** Null for what comes before: clocks of machines do go back. */
function timeAfter(createdNs: bigint, value: unknown): bigint | null {
  const time = integerOf(value);
  return time === null || time <= 0n ? null : time > createdNs ? time : createdNs;
}

function sizesOf(value: unknown): string {
  return listOf(value)
    .slice(0, MAX_SIZES)
    .map((size) => `[${listOf(size).slice(0, MAX_SIZES).map(textOf).join(', ')}]`)
    .join(', ')
    .slice(0, MAX_TEXT_CHARACTERS);
}

function elementsOf(value: unknown): number {
  const sizes = listOf(value).slice(0, MAX_SIZES);
  const sum = sizes.reduce<number>(
    (total, size) =>
      total +
      listOf(size)
        .slice(0, MAX_SIZES)
        .reduce<number>((product, side) => product * numberOf(side), 1),
    0,
  );
  return sizes.length > 0 && Number.isFinite(sum) ? sum : -1;
}

function stackOf(value: unknown): string {
  return listOf(value)
    .slice(0, MAX_FRAMES)
    .map((frame) => {
      const part = (key: string): string => textOf(memberOf(frame, key)) ?? '';
      return `${part('filename')}(${part('line')}): ${part('name')}`.slice(0, MAX_TEXT_CHARACTERS);
    })
    .join(';');
}
