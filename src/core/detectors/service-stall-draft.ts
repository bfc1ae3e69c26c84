import {
  Coverage,
  intersectionOf,
  type Intervals,
  NO_INTERVALS,
  shifted,
  unionOf,
} from '../derived/intervals.ts';
import { findPeriod } from '../derived/period.ts';
import type { ServicePhase } from '../derived/service-stalls.ts';
import { median } from '../derived/statistics.ts';
import { stepBefore } from '../derived/step-windows.ts';
import { delaysOf, waitsMeanwhile } from '../derived/time-budget.ts';
import { countOf, formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import type { Advice, Confidence, Severity, Threshold } from '../model/report.ts';
import type { SpanIndex } from '../model/units.ts';
import type { NeededRank, NeededTables, SettingValues } from './detector.ts';
import {
  evidenceSourceOf,
  type FindingDraft,
  MAX_EVIDENCE,
  placeOf,
  spanEvidence,
} from './finding-draft.ts';

export const STALL_NEEDS = [
  'serviceStalls',
  'waiting',
  'collectives',
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof STALL_NEEDS)[number];

export const STALL_OPTIONS = {
  wallPercent: {
    default: 3,
    description:
      'Share of all the time, in percent, that such stalls must take; two or more of them are then a warning.',
    minimum: 0,
    maximum: 100,
  },
  errorPercent: {
    default: 20,
    description: 'Share of all the time, in percent, from which such stalls are an error.',
    minimum: 0,
    maximum: 100,
  },
  stallSteps: {
    default: 2,
    description: 'How many median steps a single stall must last to be noted whatever its share.',
    minimum: 0.1,
    maximum: 1_000,
  },
} as const;

/** What the three stalls differ in. */
export interface StallKind {
  readonly phase: ServicePhase;
  readonly title: string;
  /** What the loop does, as in `the loop saves a checkpoint`. */
  readonly does: string;
  /** Whether device work in it counts as well, because training stands still all the same. */
  readonly countsDeviceWork: boolean;
  readonly savingHow: string;
  readonly advice: readonly Advice[];
}

/** As in "If checkpoints were written beside training". */
const CONDITIONS: Readonly<Record<ServicePhase, string>> = {
  checkpoint: 'checkpoints were written beside training',
  logging: 'the loop did not stop for logging',
  validation: 'training did not stop for validation',
};

/** In nearly all the time it is no stall: the recording is of nothing else. */
const MAX_PERCENT = 90;

interface RankStall {
  readonly rank: NeededRank<Name>;
  readonly counted: Intervals;
  readonly totalNs: number;
  readonly percent: number;
  /** One for each step in which, or after which, the loop stalls; in time order. */
  readonly stalls: readonly Stall[];
}

interface Stall {
  readonly row: number;
  readonly span: SpanIndex;
  readonly lengthNs: number;
}

/** The finding about the rank that stalls most; null below the thresholds. */
export function draftServiceStall(
  kind: StallKind,
  tables: NeededTables<Name>,
  options: SettingValues<typeof STALL_OPTIONS>,
): FindingDraft | null {
  const stalls = tables.ranks
    .map((rank) => stallOf(kind, rank, tables))
    .filter((stall) => stall !== null);
  if (stalls.length === 0) {
    return null;
  }
  const worst = stalls.reduce((most, one) => (one.percent > most.percent ? one : most));
  const threshold = passed(worst, tables.medianStepNs, options);
  if (threshold === null || worst.percent >= MAX_PERCENT) {
    return null;
  }
  const { rank } = worst;
  const source = evidenceSourceOf(rank, tables);
  const longest = [...worst.stalls].sort((a, b) => b.lengthNs - a.lengthNs);
  return {
    title: kind.title,
    pattern: 'pipeline-stall',
    layer: 'orchestration',
    ...weigh(worst, options),
    ranks: stalls
      .filter(({ percent }) => percent >= worst.percent / 2)
      .map((stall) => stall.rank.rank),
    steps: worst.stalls.map(({ row }) => rank.tables.steps.number[row]),
    savingNsPerStep: Math.round(worst.totalNs / tables.analyzed[rank.row].rows.length),
    savingHow: kind.savingHow,
    threshold,
    evidence: longest.slice(0, MAX_EVIDENCE).map(({ span }) => spanEvidence(source, span)),
    ...placeOf(rank.tables.sourceOf(longest[0].span)),
    why: explain(kind, worst, stalls, tables),
    advice: kind.advice,
    repair: {
      condition: CONDITIONS[kind.phase],
      changes: [
        {
          kind: 'skip-host',
          intervals: tables.ranks.map(
            (one) => one.tables.serviceStalls[kind.phase].stretches.intervals,
          ),
        },
      ],
    },
    claims: claimsOf(worst, stalls, tables),
    generality: -1,
  };
}

function stallOf(
  kind: StallKind,
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
): RankStall | null {
  const { steps, serviceStalls } = rank.tables;
  const { rows } = analyzed[rank.row];
  const { stretches, idle } = serviceStalls[kind.phase];
  if (rows.length === 0 || stretches.intervals.length === 0) {
    return null;
  }
  const wall = {
    length: 1,
    start: Float64Array.of(steps.start[rows[0]]),
    end: Float64Array.of(steps.end[rows[rows.length - 1]]),
  };
  const counted = intersectionOf(kind.countsDeviceWork ? stretches.intervals : idle, wall);
  const coverage = new Coverage(counted);
  const totalNs = coverage.within(wall.start[0], wall.end[0]);
  return totalNs === 0
    ? null
    : {
        rank,
        counted,
        totalNs,
        percent: (100 * totalNs) / (wall.end[0] - wall.start[0]),
        stalls: stallsByStep(rank, kind.phase, coverage),
      };
}

function stallsByStep(
  { tables: { steps, serviceStalls } }: NeededRank<Name>,
  phase: ServicePhase,
  counted: Coverage,
): Stall[] {
  const { intervals, spans } = serviceStalls[phase].stretches;
  const byRow = new Map<number, Stall & { readonly longestNs: number }>();
  for (let i = 0; i < intervals.length; i++) {
    const ownNs = counted.within(intervals.start[i], intervals.end[i]);
    if (ownNs > 0) {
      const row = Math.max(0, stepBefore(steps, intervals.start[i]));
      const known = byRow.get(row);
      const isLongest = ownNs > (known?.longestNs ?? 0);
      byRow.set(row, {
        row,
        span: isLongest || known === undefined ? spans[i] : known.span,
        lengthNs: (known?.lengthNs ?? 0) + ownNs,
        longestNs: Math.max(ownNs, known?.longestNs ?? 0),
      });
    }
  }
  return [...byRow.values()];
}

function passed(
  { percent, stalls }: RankStall,
  medianStepNs: number,
  options: SettingValues<typeof STALL_OPTIONS>,
): Threshold | null {
  if (percent >= options.wallPercent) {
    const isError = percent >= options.errorPercent && stalls.length > 1;
    const name = isError ? 'errorPercent' : 'wallPercent';
    return { name, value: options[name], measured: percent };
  }
  const longestNs = stalls.reduce((most, { lengthNs }) => Math.max(most, lengthNs), 0);
  const measured = medianStepNs > 0 ? longestNs / medianStepNs : 0;
  return measured >= options.stallSteps
    ? { name: 'stallSteps', value: options.stallSteps, measured }
    : null;
}

/** A single stall may be the only one in a thousand steps, of which a few were recorded. */
function weigh(
  { percent, stalls: { length: count } }: RankStall,
  options: SettingValues<typeof STALL_OPTIONS>,
): { severity: Severity; confidence: Confidence } {
  const severity =
    count < 2 || percent < options.wallPercent
      ? 'info'
      : percent >= options.errorPercent
        ? 'error'
        : 'warning';
  return { severity, confidence: count >= 3 ? 'high' : count === 2 ? 'medium' : 'low' };
}

function explain(
  { does, countsDeviceWork }: StallKind,
  { rank, percent, stalls }: RankStall,
  all: readonly RankStall[],
  { analyzed, ranks }: NeededTables<Name>,
): string {
  const { rows } = analyzed[rank.row];
  const typicalNs = median(stalls.map(({ lengthNs }) => lengthNs));
  const where = ranks.length > all.length ? ` of ${nameRanks([rank.rank])}` : '';
  const who =
    countsDeviceWork || rank.tables.busy.length === 0 ? 'training stands still' : 'the GPU idles';
  const numbers = stalls.map(({ row }) => rank.tables.steps.number[row]);
  const numberAt = (row: number): number => rank.tables.steps.number[row];
  const period = findPeriod(numbers, numberAt(rows[0]), numberAt(rows[rows.length - 1]));
  const rhythm =
    stalls.length === rows.length
      ? 'in every step'
      : period === null
        ? `in ${stalls.length} of ${countOf(rows.length, 'step')}`
        : `every ${period.every} steps`;
  const each = stalls.length === 1 ? '' : ' each time, at the median';
  return `The loop${where} ${does} ${rhythm}, and ${who} for ${formatTime(typicalNs)}${each}: ${formatPercent(percent)} of all the time.`;
}

/**
 * Other ranks lose the time where they wait in collectives meanwhile, or for as long in the next one; there the rank
 * that stalls is as late.
 */
function claimsOf(
  worst: RankStall,
  stalls: readonly RankStall[],
  { ranks, alignment }: NeededTables<Name>,
): Intervals[] {
  const meetings = worst.rank.tables.collectives.map(({ start }) => start);
  const delays = delaysOf(worst.counted, meetings);
  const others = ranks.map(({ row, tables: { waiting } }) => {
    const shift = alignment.offsets[worst.rank.row] - alignment.offsets[row];
    return row === worst.rank.row || !alignment.isComparable
      ? NO_INTERVALS
      : unionOf(
          waitsMeanwhile(waiting, worst.counted, shift),
          intersectionOf(waiting, shifted(delays, shift)),
        );
  });
  return ranks.map(({ row }) => {
    const own = stalls.find(({ rank }) => rank.row === row)?.counted ?? NO_INTERVALS;
    const late =
      row === worst.rank.row
        ? ranks
            .map((other) =>
              shifted(others[other.row], alignment.offsets[other.row] - alignment.offsets[row]),
            )
            .reduce((all, waits) => unionOf(all, intersectionOf(waits, delays)), NO_INTERVALS)
        : others[row];
    return unionOf(own, late);
  });
}
