import { type Intervals, IntervalsBuilder, NO_INTERVALS } from '../derived/intervals.ts';
import { findInnermost } from '../derived/sources.ts';
import { median } from '../derived/statistics.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import { type Evidence, GAP_CAUSES } from '../model/report.ts';
import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Nanoseconds } from '../model/units.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  confidenceOf,
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
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

const HOST = GAP_CAUSES.indexOf('host');
/** Gaps of at least this share of the median step, and of this length, are waits of their own (as gpu-idle's). */
const LONG_PERCENT = 0.5;
const LONG_NS = 50_000;
/** The longest gaps tell the place as well as all would. */
const MAX_PLACES = 256;

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
    const waits = tables.ranks
      .filter(({ tables: { busy } }) => busy.length > 0)
      .map((rank) => waitsOf(rank, tables, options));
    if (waits.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(waits.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.infoPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null) {
      return;
    }
    const worst = waits.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const savingNsPerStep = Math.round(median(waits.map(({ medianNs }) => medianNs)));
    yield {
      title: isInLongGaps(worst)
        ? 'The GPU waits for other work of the host'
        : 'The host cannot launch fast enough',
      pattern: 'pipeline-stall',
      layer: 'compute',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: waits
        .filter(({ sharePercent }) => sharePercent >= options.infoPercent)
        .map(({ rank }) => rank.rank),
      steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
      savingNsPerStep,
      savingHow:
        'All gaps whose work was launched only after the work before had ended; the median over steps, then over ranks. They vanish if the host launches ahead.',
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(worst, tables),
      ...placeOf(findPlace(worst)),
      why: explain(worst, percent, {
        typicalNs: savingNsPerStep,
        medianStepNs: tables.medianStepNs,
        shortGapPercent: options.shortGapPercent,
      }),
      advice: isInLongGaps(worst) ? [TAKE_OUT, ...ADVICE] : [...ADVICE, TAKE_OUT],
      claims: tables.ranks.map(({ row }) => claimOf(waits.find(({ rank }) => rank.row === row))),
    };
  },
});

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
  options: Readonly<Record<'kernelNs' | 'launches' | 'shortGapPercent', number>>,
): RankWaits {
  const { gaps, steps, kernelLoad } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const long = longFrom(medianStepNs);
  const hasSmallKernels =
    kernelLoad.meanKernelNs < options.kernelNs && kernelLoad.launchesPerStep >= options.launches;
  const shortWeight = hasSmallKernels ? 1 : options.shortGapPercent / 100;
  const longPerStep = new Float64Array(steps.length);
  const shortPerStep = new Float64Array(steps.length);
  const own: number[] = [];
  for (let gap = 0; gap < gaps.length; gap++) {
    if (isForLaunch(rank, gap)) {
      const length = gaps.end[gap] - gaps.start[gap];
      (length < long ? shortPerStep : longPerStep)[gaps.step[gap]] += length;
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

/** Where the host is in the middle of the gaps: the place that holds most of their time. */
function findPlace({ rank, gaps }: RankWaits): SourceCandidates {
  const { trace, tables } = rank;
  const byPlace = new Map<string, { time: number; place: SourceCandidates }>();
  for (const gap of gaps.slice(0, MAX_PLACES)) {
    const launch = tables.gaps.culprit[gap];
    const until = Math.min(trace.spans.start[launch], tables.gaps.end[gap]);
    const middle = (tables.gaps.start[gap] + until) / 2;
    const during = findInnermost(trace, tables.nesting, trace.spans.lane[launch], middle);
    const place = tables.sourceOf(during >= 0 ? during : launch);
    const [first] = place.locations;
    const key =
      place.locations.length > 0 ? `${first.file}:${first.line}` : place.annotations.join();
    const known = byPlace.get(key) ?? { time: 0, place };
    known.time += lengthOfGap(rank, gap);
    byPlace.set(key, known);
  }
  byPlace.delete('');
  const best = [...byPlace.values()].sort((a, b) => b.time - a.time).at(0);
  return best?.place ?? { locations: [], annotations: [] };
}

function claimOf(waits: RankWaits | undefined): Intervals {
  if (waits === undefined) {
    return NO_INTERVALS;
  }
  const { gaps } = waits.rank.tables;
  const builder = new IntervalsBuilder();
  for (const gap of [...waits.gaps].sort((a, b) => a - b)) {
    builder.add(gaps.start[gap], gaps.end[gap]);
  }
  return builder.finish();
}

function evidenceOf({ rank, gaps }: RankWaits, { alignment }: NeededTables<Name>): Evidence[] {
  const { gaps: table, steps } = rank.tables;
  return gaps.slice(0, MAX_EVIDENCE).map((gap) => ({
    rank: rank.rank,
    lane: 'device',
    name: 'idle: host',
    startNs: table.start[gap] + alignment.offsets[rank.row],
    durationNs: lengthOfGap(rank, gap),
    step: steps.number[table.step[gap]],
  }));
}
