import { placeDuringGaps } from '../derived/gap-place.ts';
import {
  Coverage,
  differenceOf,
  type Intervals,
  NO_INTERVALS,
  unionOf,
  uniteIntervals,
} from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import { type Evidence, GAP_CAUSES } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  gapEvidence,
  gapIntervals,
  confidenceOf,
  type FindingDraft,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
} from './finding-draft.ts';

const NEEDS = [
  'gaps',
  'host',
  'kernelLoad',
  'nesting',
  'mainLane',
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
  'batchWaits',
] as const;
type Name = (typeof NEEDS)[number];

const HOST = GAP_CAUSES.indexOf('host');
/** Gaps of at least this share of the median step, and of this length, are waits of their own (as gpu-idle's). */
const LONG_PERCENT = 0.5;
const LONG_NS = 50_000;

/** By row of ranks: what other findings claim. */
type Taken = readonly (Intervals | undefined)[];

type Options = Readonly<
  Record<
    'infoPercent' | 'warningPercent' | 'errorPercent' | 'kernelNs' | 'launches' | 'shortGapPercent',
    number
  >
>;

interface RankWaits {
  readonly rank: NeededRank<Name>;
  /** Rows of the gaps in analysed steps, longest first. */
  readonly gaps: readonly number[];
  readonly hasSmallKernels: boolean;
  readonly medianNs: Nanoseconds;
  /** Of the step, without what the profiler may add. */
  readonly sharePercent: number;
  readonly longNs: Nanoseconds;
}

export const hostBound = defineDetector({
  id: 'host-bound',
  title: 'The host cannot launch fast enough',
  needs: NEEDS,
  options: {
    infoPercent: {
      default: 3,
      description:
        'Share of the step, in percent, that the GPU must wait for the host to launch (xprof).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 15,
      description:
        'Share of the step, in percent, from which waiting for launches is a warning (xprof).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 30,
      description: 'Share of the step, in percent, from which waiting for launches is an error.',
      minimum: 0,
      maximum: 100,
    },
    kernelNs: {
      default: 10_000,
      description:
        'Kernels of less than this many nanoseconds on average are small: about what a launch costs (nsys-ai).',
      minimum: 0,
      maximum: 1e9,
    },
    launches: {
      default: 100,
      description: 'Launches in a step from which small kernels are many (nsys-ai).',
      minimum: 0,
      maximum: 1e9,
    },
    shortGapPercent: {
      default: 50,
      description:
        'How much of the short gaps counts, in percent, where kernels are not many and small: the rest is what a profiler adds to operators and launches.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const ranks = tables.ranks.filter(({ tables: { busy } }) => busy.length > 0);
    if (ranks.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const waitsWithout = (taken: Taken): readonly RankWaits[] =>
      ranks.map((rank) => waitsOf(rank, tables, options, taken[rank.row] ?? NO_INTERVALS));
    const all = waitsWithout([]);
    const judgement = judge(all, tables, options);
    if (judgement === null) {
      return;
    }
    const claims = tables.ranks.map(({ row }) => claimOf(all.find(({ rank }) => rank.row === row)));
    yield {
      ...judgement,
      pattern: 'pipeline-stall',
      layer: 'compute',
      savingNsPerStep: typicalOf(paceOf(all, tables)),
      savingHow:
        'All gaps whose work was launched only after the work before had ended and that no other finding claims; the median over steps, then over ranks, or of the rank that waits most where the others meet it in collectives. They vanish if the host launches ahead.',
      repair: {
        condition: 'the host launched ahead of the GPU',
        changes: [
          tables.batchWaits.isJoined
            ? { kind: 'hurry-host', intervals: tables.ranks.map(ownTimeOf) }
            : { kind: 'cut', intervals: claims },
        ],
      },
      claims,
      reassess: (_, taken) => judge(waitsWithout(taken), tables, options),
    };
  },
});

type Judgement = Omit<
  FindingDraft,
  'pattern' | 'layer' | 'savingNsPerStep' | 'savingHow' | 'claims' | 'reassess'
>;

/** Null below the thresholds. */
function judge(
  waits: readonly RankWaits[],
  tables: NeededTables<Name>,
  options: Options,
): Judgement | null {
  const worst = worstOf(waits);
  const percent = median(paceOf(waits, tables).map(({ sharePercent }) => sharePercent));
  const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
  const thresholds = {
    info: options.infoPercent,
    warning: options.warningPercent,
    error: options.errorPercent,
  };
  const severity = severityOf(percent, thresholds, stepCount);
  if (severity === null) {
    return null;
  }
  return {
    title: isInLongGaps(worst)
      ? 'The GPU waits for other work of the host'
      : 'The host cannot launch fast enough',
    severity,
    confidence: confidenceOf(stepCount),
    ranks: waits
      .filter(({ sharePercent }) => sharePercent >= options.infoPercent)
      .map(({ rank }) => rank.rank),
    steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
    threshold: passedThreshold(percent, thresholds),
    evidence: evidenceOf(worst, tables),
    ...placeOf(placeDuringGaps(worst.rank.trace, worst.rank.tables, worst.gaps)),
    why: explain(worst, percent, {
      typicalNs: typicalOf(paceOf(waits, tables)),
      medianStepNs: tables.medianStepNs,
      shortGapPercent: options.shortGapPercent,
    }),
    advice: isInLongGaps(worst) ? [TAKE_OUT, ...ADVICE] : [...ADVICE, TAKE_OUT],
  };
}

function worstOf(waits: readonly RankWaits[]): RankWaits {
  return waits.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
}

/** Whose waiting makes the steps long: ranks that meet in collectives wait for the slowest, and hide how slow their own hosts are. */
function paceOf(waits: readonly RankWaits[], tables: NeededTables<Name>): readonly RankWaits[] {
  return tables.batchWaits.isJoined ? [worstOf(waits)] : waits;
}

/** Steps without what the host does besides launching: waiting for batches, saving, logging, validating. */
function ownTimeOf({ tables: { steps, host } }: NeededRank<Name>): Intervals {
  const others = unionOf(host.data.intervals, host.service.intervals);
  return differenceOf(uniteIntervals(steps.start, steps.end), others);
}

function typicalOf(waits: readonly RankWaits[]): Nanoseconds {
  return Math.round(median(waits.map(({ medianNs }) => medianNs)));
}

const ADVICE = [
  {
    text: 'Launch less often: compile the model with torch.compile, or capture the step with CUDA graphs.',
    link: 'https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs',
  },
  {
    text: 'Give each launch more work: larger batches, fused optimizers (fused=True), foreach implementations.',
    link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html',
  },
];

const TAKE_OUT = {
  text: 'Take Python work out of the step: logging, metrics, conversions and copies between launches.',
};

function waitsOf(
  rank: NeededRank<Name>,
  { analyzed, medianStepNs }: NeededTables<Name>,
  options: Options,
  taken: Intervals,
): RankWaits {
  const { gaps, steps, kernelLoad } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const long = longFrom(medianStepNs);
  const hasSmallKernels =
    kernelLoad.meanKernelNs < options.kernelNs && kernelLoad.launchesPerStep >= options.launches;
  const shortWeight = hasSmallKernels ? 1 : options.shortGapPercent / 100;
  const longPerStep = new Float64Array(steps.length);
  const shortPerStep = new Float64Array(steps.length);
  const elsewhere = new Coverage(taken);
  const own: number[] = [];
  for (let gap = 0; gap < gaps.length; gap++) {
    const whole = lengthOfGap(rank, gap);
    const length = whole - elsewhere.within(gaps.start[gap], gaps.end[gap]);
    if (length > 0 && isForLaunch(rank, gap)) {
      (whole < long ? shortPerStep : longPerStep)[gaps.step[gap]] += length;
      own.push(gap);
    }
  }
  const medianOf = (time: (step: number, i: number) => number): number =>
    rows.length === 0 ? 0 : median(rows.map(time));
  return {
    rank,
    gaps: own.sort((a, b) => lengthOfGap(rank, b) - lengthOfGap(rank, a)),
    hasSmallKernels,
    medianNs: medianOf((step) => longPerStep[step] + shortPerStep[step]),
    sharePercent: medianOf(
      (step, i) => (100 * (longPerStep[step] + shortWeight * shortPerStep[step])) / durations[i],
    ),
    longNs: medianOf((step) => longPerStep[step]),
  };
}

function longFrom(medianStepNs: Nanoseconds): Nanoseconds {
  return Math.max((LONG_PERCENT / 100) * medianStepNs, LONG_NS);
}

/** What ends while the host is in a synchronizing call waits for that call. */
function isForLaunch({ tables: { gaps, host, steps } }: NeededRank<Name>, gap: number): boolean {
  return (
    gaps.cause[gap] === HOST &&
    gaps.culprit[gap] >= 0 &&
    steps.isWarmup[gaps.step[gap]] === 0 &&
    host.sync.rowAt(gaps.start[gap]) < 0
  );
}

function lengthOfGap({ tables: { gaps } }: NeededRank<Name>, gap: number): number {
  return gaps.end[gap] - gaps.start[gap];
}

function isInLongGaps({ longNs, medianNs }: RankWaits): boolean {
  return longNs > medianNs / 2;
}

function explain(
  { rank, gaps, hasSmallKernels, longNs, medianNs }: RankWaits,
  percent: number,
  {
    typicalNs,
    medianStepNs,
    shortGapPercent,
  }: Readonly<Record<'typicalNs' | 'medianStepNs' | 'shortGapPercent', number>>,
): string {
  const { launchesPerStep, meanKernelNs } = rank.tables.kernelLoad;
  const { length } = rank.tables.steps.isWarmup.filter((isWarmup) => isWarmup === 0);
  const perStep = Math.max(1, Math.round(gaps.length / length));
  const discount =
    hasSmallKernels || longNs >= medianNs
      ? ''
      : ` They are not many and small, so of the gaps below ${formatTime(longFrom(medianStepNs))} only ${formatPercent(shortGapPercent)} are held against the threshold, which makes ${formatPercent(percent)}: the rest may be what the profiler adds.`;
  return `The GPU finishes its work before the host has launched more, and waits ${formatTime(typicalNs)} in a typical step, ${formatPercent((100 * typicalNs) / medianStepNs)} of it, in about ${countOf(perStep, 'gap')}. The host launches ${Math.round(launchesPerStep)} times a step; kernels take ${formatTime(meanKernelNs)} on average.${discount}`;
}

function claimOf(waits: RankWaits | undefined): Intervals {
  return waits === undefined ? NO_INTERVALS : gapIntervals(waits.rank.tables.gaps, waits.gaps);
}

function evidenceOf({ rank, gaps }: RankWaits, tables: NeededTables<Name>): Evidence[] {
  const source = evidenceSourceOf(rank, tables);
  return gaps.slice(0, MAX_EVIDENCE).map((gap) => gapEvidence(source, rank.tables.gaps, gap));
}
