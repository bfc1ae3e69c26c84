import { float64Column } from '../../base/columns.ts';
import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { DeviceBusy, PhaseIntervals, Steps } from '../model/tables.ts';
import type { DeviceWork } from './device-work.ts';
import { Coverage, intersectionOf, type Intervals, uniteIntervals } from './intervals.ts';
import type { RankCollective } from './rank-collectives.ts';
import { stepBefore } from './step-windows.ts';

const BACKWARD = phaseIndex('backward');
const COMPUTE = new Set(
  (['forward', 'loss', 'backward', 'optimizer'] as const).map((phase) => phaseIndex(phase)),
);
/** Operations that gather, scatter or exchange what is no gradient. */
const NO_REDUCTION = /allgather|alltoall|broadcast|sendrecv|barrier/;

/** A reduction that begins this soon after one that began in time was ready, and waited for the link. */
const QUEUE_GAP_NS = 200_000;

/** How the communication of each step lies to its backward pass. */
export interface LateReduction {
  /** By step; 0 where the step has no backward pass that the trace tells. */
  readonly communicationNs: Float64Array<ArrayBuffer>;
  /** By step: communication with compute beside it. */
  readonly overlappedNs: Float64Array<ArrayBuffer>;
  /** By step: compute of the backward pass. */
  readonly backwardNs: Float64Array<ArrayBuffer>;
  /** By step: reductions that begin when the backward pass has ended, and did not wait behind others. */
  readonly lateNs: Float64Array<ArrayBuffer>;
  /** Those reductions, in time order. */
  readonly late: readonly RankCollective[];
  readonly lateIntervals: Intervals;
  /** Without the last of each step that has several: nothing of the backward pass is left to hide it. */
  readonly hideableIntervals: Intervals;
}

export interface ReductionSources {
  readonly work: DeviceWork;
  readonly busy: DeviceBusy;
  readonly hostPhases: PhaseIntervals;
  readonly devicePhases: PhaseIntervals;
  readonly collectives: readonly RankCollective[];
  readonly steps: Steps;
}

/** On the device, or on the host's threads where there is none. */
export function computeLateReduction(sources: ReductionSources): LateReduction {
  const { work, busy, hostPhases, devicePhases, collectives, steps } = sources;
  const hasDevice = busy.length > 0;
  const communication = unite(collectives);
  const phases = hasDevice ? devicePhases : hostPhases;
  const backward = intervalsOf(phases, (phase) => phase === BACKWARD);
  const compute = hasDevice ? work.compute : intervalsOf(phases, (phase) => COMPUTE.has(phase));
  const backwardEnds = lastEnds(backward, steps);
  const late: RankCollective[] = [];
  let step = 0;
  let queueEnd = -Infinity;
  for (const collective of collectives) {
    while (step < steps.length && steps.end[step] <= collective.start) {
      step++;
    }
    if (step >= steps.length || collective.start < steps.start[step]) {
      continue;
    }
    const isQueued = collective.start <= queueEnd + QUEUE_GAP_NS;
    if (collective.start < backwardEnds[step] || isQueued) {
      queueEnd = Math.max(queueEnd, collective.end);
    } else if (!NO_REDUCTION.test(collective.key)) {
      late.push(collective);
    }
  }
  const lateIntervals = unite(late);
  const known = (times: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> =>
    times.map((time, row) => (backwardEnds[row] === Infinity ? 0 : time));
  return {
    communicationNs: known(perStep(communication, steps)),
    overlappedNs: known(perStep(intersectionOf(communication, compute), steps)),
    backwardNs: perStep(intersectionOf(backward, compute), steps),
    lateNs: perStep(lateIntervals, steps),
    late,
    lateIntervals,
    hideableIntervals: unite(withoutLast(late, steps)),
  };
}

/** One alone could be cut in pieces, so that all but the last piece are hidden. */
function withoutLast(late: readonly RankCollective[], steps: Steps): RankCollective[] {
  const rows = late.map(({ start }) => stepBefore(steps, start));
  return late.filter((_, i) => rows[i + 1] === rows[i] || rows[i - 1] !== rows[i]);
}

function unite(collectives: readonly RankCollective[]): Intervals {
  return uniteIntervals(
    collectives.map(({ start }) => start),
    collectives.map(({ end }) => end),
  );
}

function intervalsOf(
  { length, start, end, phase }: PhaseIntervals,
  isWanted: (phase: number) => boolean,
): Intervals {
  const starts = float64Column();
  const ends = float64Column();
  for (let i = 0; i < length; i++) {
    if (isWanted(phase[i])) {
      starts.push(start[i]);
      ends.push(end[i]);
    }
  }
  return { length: starts.length, start: starts.take(), end: ends.take() };
}

/** By step: the end of the last interval in it; Infinity where there is none. */
function lastEnds(intervals: Intervals, steps: Steps): Float64Array {
  const ends = new Float64Array(steps.length).fill(Infinity);
  let step = 0;
  for (let i = 0; i < intervals.length; i++) {
    while (step < steps.length && steps.end[step] <= intervals.start[i]) {
      step++;
    }
    if (step < steps.length && intervals.end[i] > steps.start[step]) {
      ends[step] = intervals.end[i];
    }
  }
  return ends;
}

function perStep(intervals: Intervals, steps: Steps): Float64Array<ArrayBuffer> {
  const coverage = new Coverage(intervals);
  return mapInto(new Float64Array(steps.start.length), steps.start, (start, step) =>
    coverage.within(start, steps.end[step]),
  );
}
