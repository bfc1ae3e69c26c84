import { type Intervals, NO_INTERVALS } from '../derived/intervals.ts';
import { findPeriod, slowOnes } from '../derived/period.ts';
import { median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { describeCarrier, findCarrier, type StepCarrier } from '../derived/step-carrier.ts';
import { restOfEachStep, withWaitsOfOthers } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import { layerOf } from '../model/phase.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  type FindingDraft,
  isExplainedByOthers,
  isTailExplained,
  MAX_EVIDENCE,
  placeOf,
  stepEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'steps',
  'hostPhases',
  'nesting',
  'mainLane',
  'waiting',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

/** Steps that take longer come back at equal distances. */
interface Rhythm {
  readonly rank: NeededRank<Name>;
  readonly every: number;
  /** Rows of the slow steps, ascending. */
  readonly slow: readonly number[];
  readonly p50Ns: number;
  readonly excessNs: number;
  /** Without waiting for other ranks. */
  readonly ownExcessNs: number;
  /** Of all the time. */
  readonly percent: number;
}

/** Of one rank; more would only repeat the first. */
const MAX_RHYTHMS = 3;
export const stepPeriod = defineDetector({
  id: 'step-period',
  title: 'Every so often a step takes longer',
  needs: NEEDS,
  options: {
    minimumSteps: {
      default: 20,
      description: 'Analyzed steps needed to speak of a rhythm at all.',
      minimum: 5,
      maximum: 100_000,
    },
    ratio: {
      default: 1.1,
      description:
        'How many times the median step a slow step must take, besides 3 standard deviations more (SageMaker Debugger: 3 σ).',
      minimum: 1,
      maximum: 1_000,
    },
    minimumPercent: {
      default: 1,
      description:
        'Share of all the time, in percent, that such steps must cost beyond the median.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description:
        'Share of all the time, in percent, from which such steps are a warning (as step-tail).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const byRank = tables.ranks
      .map((rank) => rhythmsOf(rank, tables, options))
      .filter((rhythms) => rhythms.length > 0)
      .sort((a, b) => b[0].ownExcessNs - a[0].ownExcessNs);
    for (const rhythm of byRank[0] ?? []) {
      if (rhythm.percent >= options.minimumPercent) {
        yield draft(rhythm, tables, options);
      }
    }
  },
});

function draft(
  rhythm: Rhythm,
  tables: NeededTables<Name>,
  options: { readonly minimumPercent: number; readonly warningPercent: number },
): FindingDraft {
  const { rank, slow, excessNs, percent } = rhythm;
  const { rows } = tables.analyzed[rank.row];
  const isSlow = new Set(slow);
  const typical = rows.filter((row) => !isSlow.has(row));
  const carrier = findCarrier(rank.trace, rank.tables, slow, typical, excessNs);
  const savingNsPerStep = Math.round(excessNs / rows.length);
  const source = evidenceSourceOf(rank, tables);
  const isWarning = percent >= options.warningPercent;
  return {
    title: `One step in ${rhythm.every} takes longer`,
    pattern: 'tail-latency',
    layer: carrier.phase === null ? 'orchestration' : layerOf(carrier.phase),
    severity: isWarning ? 'warning' : 'info',
    confidence: slow.length > 4 ? 'high' : 'medium',
    ranks: [rank.rank],
    steps: slow.map((row) => rank.tables.steps.number[row]),
    savingNsPerStep,
    savingHow:
      'What the steps of the rhythm take beyond the median step, spread over all analyzed steps.',
    threshold: {
      name: isWarning ? 'warningPercent' : 'minimumPercent',
      value: isWarning ? options.warningPercent : options.minimumPercent,
      measured: percent,
    },
    evidence: slow.slice(0, MAX_EVIDENCE).map((row) => stepEvidence(source, row)),
    ...placeOf(rank.tables.sourceOf(carrier.span)),
    why: explain(rhythm, carrier, tables.ranks.length),
    advice: ADVICE,
    claims: claimsOf(rhythm, tables),
    reassess: (remaining, taken) =>
      isTailExplained(taken[rank.row], rank.tables.steps, { slow, typical, excessNs }) ||
      isExplainedByOthers(remaining, savingNsPerStep, tables.medianStepNs) ||
      remaining < options.minimumPercent
        ? null
        : { severity: remaining >= options.warningPercent ? 'warning' : 'info' },
  };
}

const ADVICE = [
  {
    text: 'Open a slow step and the one before it on the timeline: what only the slow one has is what runs every N steps.',
  },
  {
    text: 'If it is the garbage collector: gc.freeze() after the setup, or gc.disable() with a gc.collect() every few hundred steps.',
    link: 'https://docs.python.org/3/library/gc.html#gc.freeze',
  },
  {
    text: 'If the distance is the number of loader workers, one worker is slow; if it is that of logs or checkpoints, do them less often or in the background.',
  },
];

function rhythmsOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  { minimumSteps, ratio }: { readonly minimumSteps: number; readonly ratio: number },
): Rhythm[] {
  const { rows, durations } = analyzed[rank.row];
  if (rows.length < minimumSteps) {
    return [];
  }
  const p50Ns = median(durations);
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  const waits = timePerStep(rank.tables.waiting, rank.tables.steps, rows);
  const work = durations.map((duration, i) => duration - waits[i]);
  const typicalWork = median(work);
  let left = slowOnes(durations, ratio);
  const rhythms: Rhythm[] = [];
  while (rhythms.length < MAX_RHYTHMS) {
    const period = findPeriod(left, 0, rows.length - 1);
    if (period === null) {
      break;
    }
    const excessNs = period.members.reduce((sum, i) => sum + durations[i] - p50Ns, 0);
    const members = new Set(period.members);
    rhythms.push({
      rank,
      every: period.every,
      slow: period.members.map((i) => rows[i]),
      p50Ns,
      excessNs,
      ownExcessNs: period.members.reduce((sum, i) => sum + work[i] - typicalWork, 0),
      percent: (100 * excessNs) / total,
    });
    left = left.filter((i) => !members.has(i));
  }
  return rhythms.sort((a, b) => b.percent - a.percent);
}

function explain(
  { rank, every, slow, p50Ns, excessNs, percent }: Rhythm,
  carrier: StepCarrier,
  rankCount: number,
): string {
  const { steps } = rank.tables;
  const numbers = slow.slice(0, 3).map((row) => steps.number[row]);
  const where = rankCount === 1 ? '' : ` of ${nameRanks([rank.rank])}`;
  return `One step${where} in ${every} (steps ${numbers.join(', ')}, …) takes ${formatTime(excessNs / slow.length)} more than the median of ${formatTime(p50Ns)}: ${formatPercent(percent)} of all the time. ${describeCarrier(rank.trace, carrier)}`;
}

/** The last part of each slow step, and what other ranks wait meanwhile. */
function claimsOf(
  { rank, slow, p50Ns }: Rhythm,
  { ranks, alignment }: NeededTables<Name>,
): Intervals[] {
  const own = ranks.map(({ row }) =>
    row === rank.row ? restOfEachStep(rank.tables.steps, slow, () => p50Ns) : NO_INTERVALS,
  );
  return alignment.isComparable
    ? withWaitsOfOthers(
        own,
        ranks.map(({ tables }) => tables.waiting),
        alignment.offsets,
      )
    : own;
}
