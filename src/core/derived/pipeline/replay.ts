import type { Nanoseconds } from '../../model/units.ts';
import { linkStep, type StepLinks } from './link-step.ts';
import { lengthOfStep, type Operation, type StepOperations } from './operations.ts';

/** Operations that begin together, as soon as all before them have ended. Values are rows of operations. */
interface Firing {
  readonly members: Uint32Array<ArrayBuffer>;
  readonly after: Uint32Array<ArrayBuffer>;
}

interface ReplayableStep {
  readonly number: number;
  readonly recordedNs: Nanoseconds;
  readonly firings: readonly Firing[];
}

/** Steps that can be played again with other durations. */
export interface Replay {
  readonly operations: readonly Operation[];
  readonly steps: readonly ReplayableStep[];
  /** By operation: what it took, less the waiting for others of its group. */
  readonly durations: Float64Array<ArrayBuffer>;
}

/** Leaves out steps whose dependencies cannot be told. */
export function prepareReplay(steps: readonly StepOperations[]): Replay {
  const operations: Operation[] = [];
  const replayable: ReplayableStep[] = [];
  const durations: number[] = [];
  for (const step of steps) {
    const links = linkStep(step);
    const own = [...step.byWorker.values()].flat();
    const firings = links === null ? null : orderFirings(own, links, operations.length);
    if (links === null || firings === null) {
      continue;
    }
    replayable.push({ number: step.number, recordedNs: lengthOfStep(own), firings });
    const transfers = transferTimes(links);
    for (const operation of own) {
      operations.push(operation);
      durations.push(transfers.get(operation) ?? operation.end - operation.start);
    }
  }
  return { operations, steps: replayable, durations: Float64Array.from(durations) };
}

/** By step: its length with these durations, without what the host adds between operations. */
export function replaySteps(
  { steps, operations }: Replay,
  durations: Float64Array,
): Float64Array<ArrayBuffer> {
  const ends = new Float64Array(operations.length);
  return Float64Array.from(steps, ({ firings }) => {
    let length = 0;
    for (const { members, after } of firings) {
      let start = 0;
      for (const operation of after) {
        start = Math.max(start, ends[operation]);
      }
      for (const operation of members) {
        ends[operation] = start + durations[operation];
        length = Math.max(length, ends[operation]);
      }
    }
    return length;
  });
}

/** A transfer begins when the last of its group has come. */
function transferTimes({ groups }: StepLinks): Map<Operation, Nanoseconds> {
  const times = new Map<Operation, Nanoseconds>();
  for (const group of groups) {
    const begin = group.reduce((latest, { start }) => Math.max(latest, start), -Infinity);
    for (const operation of group) {
      times.set(operation, Math.max(0, operation.end - begin));
    }
  }
  return times;
}

/** Groups in an order in which each comes after what it waits for; null where they wait for each other. */
function orderFirings(
  operations: readonly Operation[],
  { after, groups }: StepLinks,
  firstRow: number,
): Firing[] | null {
  const grouped = new Set(groups.flat());
  const units = [...groups, ...operations.filter((op) => !grouped.has(op)).map((op) => [op])];
  const unitOf = new Map(units.flatMap((unit, i) => unit.map((op) => [op, i] as const)));
  const waits = units.map((unit) => unit.flatMap((op) => after.get(op) ?? []));
  const next = units.map((): number[] => []);
  waits.forEach((before, unit) => before.forEach((op) => next[unitOf.get(op) ?? 0].push(unit)));
  const open = waits.map((before) => before.length);
  const ready = [...units.keys()].filter((unit) => open[unit] === 0);
  for (const unit of ready) {
    for (const follower of next[unit]) {
      open[follower]--;
      if (open[follower] === 0) {
        ready.push(follower);
      }
    }
  }
  if (ready.length < units.length) {
    return null;
  }
  const rowOf = new Map(operations.map((op, i) => [op, firstRow + i]));
  const rows = (list: readonly Operation[]): Uint32Array<ArrayBuffer> =>
    Uint32Array.from(list, (op) => rowOf.get(op) ?? 0);
  return ready.map((unit) => ({
    members: rows(units[unit]),
    after: rows([...new Set(waits[unit])]),
  }));
}
