import type { Nanoseconds } from '../../model/units.ts';
import { linkStep, type StepLinks } from './link-step.ts';
import { lengthOfStep, type Operation, type StepOperations } from './operations.ts';

/** Lists of rows of operations, one after another. */
interface RowLists {
  readonly rows: Uint32Array<ArrayBuffer>;
  /** By list: where it starts; one more than there are lists. */
  readonly starts: Uint32Array<ArrayBuffer>;
}

/** Operations that begin together, as soon as all before them have ended; in an order that can be played. */
interface Firings {
  readonly members: RowLists;
  readonly after: RowLists;
}

interface ReplayableStep {
  readonly number: number;
  readonly recordedNs: Nanoseconds;
  readonly firings: Firings;
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
    const transfers = transferTimes(own, links);
    for (const operation of own) {
      operations.push(operation);
      durations.push(transfers[operation.index]);
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
  return Float64Array.from(steps, ({ firings: { members, after } }) => {
    let length = 0;
    for (let i = 0; i + 1 < members.starts.length; i++) {
      let start = 0;
      for (let k = after.starts[i]; k < after.starts[i + 1]; k++) {
        start = Math.max(start, ends[after.rows[k]]);
      }
      for (let k = members.starts[i]; k < members.starts[i + 1]; k++) {
        const row = members.rows[k];
        ends[row] = start + durations[row];
        length = Math.max(length, ends[row]);
      }
    }
    return length;
  });
}

/** By index of operation: what it takes. A transfer begins when the last of its group has come. */
function transferTimes(
  operations: readonly Operation[],
  { groups }: StepLinks,
): Float64Array<ArrayBuffer> {
  const times = Float64Array.from(operations, ({ start, end }) => end - start);
  for (const group of groups) {
    const begin = group.reduce((latest, { start }) => Math.max(latest, start), -Infinity);
    for (const { index, end } of group) {
      times[index] = Math.max(0, end - begin);
    }
  }
  return times;
}

/** Groups in an order in which each comes after what it waits for; null where they wait for each other. */
function orderFirings(
  operations: readonly Operation[],
  { after, groups }: StepLinks,
  firstRow: number,
): Firings | null {
  const unitOf = new Int32Array(operations.length).fill(-1);
  const units = [...groups];
  groups.forEach((group, unit) => group.forEach(({ index }) => (unitOf[index] = unit)));
  for (const operation of operations) {
    if (unitOf[operation.index] < 0) {
      unitOf[operation.index] = units.push([operation]) - 1;
    }
  }
  const waits = units.map((unit) => unit.flatMap(({ index }) => after[index]));
  const next = units.map((): number[] => []);
  waits.forEach((before, unit) => before.forEach(({ index }) => next[unitOf[index]].push(unit)));
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
  return {
    members: toRowLists(
      ready.map((unit) => units[unit]),
      firstRow,
    ),
    after: toRowLists(
      ready.map((unit) => waits[unit]),
      firstRow,
    ),
  };
}

function toRowLists(lists: readonly (readonly Operation[])[], firstRow: number): RowLists {
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, i) => (starts[i + 1] = starts[i] + list.length));
  const rows = new Uint32Array(starts[lists.length]);
  lists.forEach((list, i) =>
    list.forEach(({ index }, k) => (rows[starts[i] + k] = firstRow + index)),
  );
  return { rows, starts };
}
