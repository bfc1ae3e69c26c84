import type { HostStallKind } from '../derived/host-stalls.ts';
import { intersectionOf, type Intervals, unionOf, uniteIntervals } from '../derived/intervals.ts';
import { mean, median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import type { Finding, Severity, Threshold } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';
import type { NeededRank, NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  type FindingDraft,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
  type Thresholds,
} from './finding-draft.ts';

export const HOST_STALL_NEEDS = [
  'hostStalls',
  'exposedCommunication',
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'stepBudgetNs',
  'alignment',
] as const;
type Name = (typeof HOST_STALL_NEEDS)[number];

/** How much a kind of stall costs a run; shares are of the step budget. */
export interface StallCost {
  readonly worst: NeededRank<Name>;
  /** Mean over the steps; in each step, of the rank that loses most. */
  readonly lostNs: Nanoseconds;
  readonly percent: number;
  /** Numbers of the steps that lose anything, ascending. */
  readonly steps: readonly number[];
  readonly stepCount: number;
  /** The longest loss of one step, as a share of it, in percent. */
  readonly largestPercent: number;
  /** Calls in a step, median over the steps of all ranks. */
  readonly callsPerStep: number;
}

/** As in "If nothing were compiled". */
const CONDITIONS: Readonly<Record<HostStallKind, string>> = {
  allocation: 'the allocator kept its memory',
  compilation: 'nothing were compiled in these steps',
  collection: 'the garbage collector did not run',
};

/** Null where nothing is lost in analysed steps. */
export function costOf(kind: HostStallKind, tables: NeededTables<Name>): StallCost | null {
  const lostByStep = new Map<number, number>();
  let worst: { rank: NeededRank<Name>; lostNs: number } | null = null;
  for (const rank of tables.ranks) {
    const { hostStalls, steps } = rank.tables;
    const { rows } = tables.analyzed[rank.row];
    const lost = timePerStep(hostStalls[kind].lost, steps, rows);
    rows.forEach((row, i) => {
      const number = steps.number[row];
      lostByStep.set(number, Math.max(lostByStep.get(number) ?? 0, lost[i]));
    });
    const lostNs = lost.reduce((sum, time) => sum + time, 0);
    if (lostNs > (worst?.lostNs ?? 0)) {
      worst = { rank, lostNs };
    }
  }
  if (worst === null || tables.stepBudgetNs === 0) {
    return null;
  }
  const times = [...lostByStep.values()];
  const lostNs = mean(times);
  return {
    worst: worst.rank,
    lostNs,
    percent: (100 * lostNs) / tables.stepBudgetNs,
    steps: [...lostByStep]
      .filter(([, time]) => time > 0)
      .map(([number]) => number)
      .sort((a, b) => a - b),
    stepCount: times.length,
    largestPercent:
      (100 * times.reduce((most, time) => Math.max(most, time), 0)) / tables.stepBudgetNs,
    callsPerStep: median(
      tables.ranks.flatMap(({ row, tables: { hostStalls } }) =>
        tables.analyzed[row].rows.map((step) => hostStalls[kind].callsPerStep[step]),
      ),
    ),
  };
}

/** From the mean share; a single long stall is a note whatever its share. */
export function weighStall(
  { percent, largestPercent, stepCount }: StallCost,
  thresholds: Thresholds,
  tailPercent: number,
): { readonly severity: Severity; readonly threshold: Threshold } | null {
  const severity = severityOf(percent, thresholds, stepCount);
  if (severity !== null) {
    return { severity, threshold: passedThreshold(percent, thresholds) };
  }
  return largestPercent >= tailPercent
    ? {
        severity: 'info',
        threshold: { name: 'tailPercent', value: tailPercent, measured: largestPercent },
      }
    : null;
}

/** The parts of a finding that all such stalls share. */
export function draftHostStall(
  kind: HostStallKind,
  cost: StallCost,
  tables: NeededTables<Name>,
): Pick<
  FindingDraft,
  | 'confidence'
  | 'ranks'
  | 'steps'
  | 'savingNsPerStep'
  | 'evidence'
  | 'claims'
  | 'savingHow'
  | 'repair'
> &
  Pick<Finding, 'location' | 'annotations'> {
  const { worst } = cost;
  const { stretches, lost } = worst.tables.hostStalls[kind];
  const source = evidenceSourceOf(worst, tables);
  const spans = [...new Set([...lost.start].map((time) => stretches.rowAt(time)))]
    .filter((row) => row >= 0)
    .sort((a, b) => lengthAt(stretches.intervals, b) - lengthAt(stretches.intervals, a))
    .map((row) => stretches.spans[row]);
  return {
    confidence: confidenceOf(cost.stepCount),
    ranks: tables.ranks
      .filter((rank) => rank.tables.hostStalls[kind].lost.length > 0)
      .map(({ rank }) => rank),
    steps: cost.steps,
    savingNsPerStep: Math.round(cost.lostNs),
    savingHow: `The time that ${worst.tables.busy.length > 0 ? 'the device idles for them' : 'they take'}, in each analyzed step of the rank that loses most; the mean over the steps.`,
    evidence: spans.slice(0, MAX_EVIDENCE).map((span) => spanEvidence(source, span)),
    ...placeOf(worst.tables.sourceOf(spans[0])),
    claims: claimsOf(kind, tables),
    repair: {
      condition: CONDITIONS[kind],
      changes: [
        {
          kind: 'skip-host',
          intervals: tables.ranks.map((rank) => rank.tables.hostStalls[kind].stretches.intervals),
        },
      ],
    },
  };
}

function lengthAt({ start, end }: Intervals, row: number): number {
  return end[row] - start[row];
}

/** The own loss of each rank, and its waiting in collectives while others stall. */
function claimsOf(kind: HostStallKind, { ranks, alignment }: NeededTables<Name>): Intervals[] {
  const { isComparable, offsets } = alignment;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { row, tables } of ranks) {
    const { lost } = tables.hostStalls[kind];
    for (let i = 0; i < lost.length && isComparable; i++) {
      starts.push(lost.start[i] + offsets[row]);
      ends.push(lost.end[i] + offsets[row]);
    }
  }
  const anywhere = uniteIntervals(starts, ends);
  return ranks.map(({ row, tables }) => {
    const meanwhile = {
      length: anywhere.length,
      start: anywhere.start.map((time) => time - offsets[row]),
      end: anywhere.end.map((time) => time - offsets[row]),
    };
    const waits = intersectionOf(tables.exposedCommunication, meanwhile);
    return unionOf(tables.hostStalls[kind].lost, waits);
  });
}
