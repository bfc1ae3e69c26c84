import { IntervalsBuilder, type Intervals } from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { type Evidence, GAP_CAUSES, type GapCause } from '../model/report.ts';
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
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankIdle {
  readonly rank: NeededRank<Name>;
  /** Rows of the material gaps in analysed steps, longest first. */
  readonly gaps: readonly number[];
  readonly sharePercent: number;
  /** Of the step, in the gaps too short to count. */
  readonly shortSharePercent: number;
}

const TEXTS: Readonly<Record<GapCause, string>> = {
  data: 'The GPU waits for data',
  host: 'The GPU waits for the host',
  sync: 'The host waits for the GPU, then the GPU for the host',
  launch: 'Kernels start late',
  communication: 'The GPU waits for other ranks',
  copy: 'The GPU waits for copies',
  checkpoint: 'The GPU waits for checkpoints, logs or validation',
  profiler: 'The GPU waits for the profiler',
  unexplained: 'The GPU idles, and the trace does not show why',
};

export const gpuIdle = defineDetector({
  id: 'gpu-idle',
  title: 'The GPU idles and no other finding says why',
  needs: NEEDS,
  options: {
    warningPercent: {
      default: 15,
      description:
        'Share of the step, in percent, that idle time left by other findings must take (TraceLens).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 30,
      description: 'Share of the step, in percent, from which such idle time is an error.',
      minimum: 0,
      maximum: 100,
    },
    gapPercent: {
      default: 0.5,
      description:
        'Gaps shorter than this share of the median step, in percent, do not count: they are the cost of many small kernels.',
      minimum: 0,
      maximum: 100,
    },
    gapNs: {
      default: 50_000,
      description: 'Gaps shorter than this many nanoseconds do not count.',
      minimum: 0,
      maximum: 1e12,
    },
  },

  *detect(tables, options) {
    const shortest = Math.max((options.gapPercent / 100) * tables.medianStepNs, options.gapNs);
    const idle = tables.ranks
      .filter(({ tables: { busy } }) => busy.length > 0)
      .map((rank) => idleOf(rank, tables, shortest));
    if (idle.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(idle.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.warningPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    if (!(percent >= thresholds.warning)) {
      return;
    }
    const worst = idle.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const causes = sharesByCause(worst);
    const [[cause]] = causes;
    yield {
      title: TEXTS[cause],
      pattern: 'inefficiency',
      layer: 'compute',
      severity: severityOf(percent, thresholds, stepCount) ?? 'info',
      confidence: cause === 'unexplained' ? 'low' : confidenceOf(stepCount),
      ranks: idle
        .filter(({ sharePercent }) => sharePercent >= options.warningPercent)
        .map(({ rank }) => rank.rank),
      steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
      savingNsPerStep: Math.round((percent / 100) * tables.medianStepNs),
      savingHow: `Gaps of ${formatTime(shortest)} or more that no other finding claims; the median over steps, then over ranks.`,
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(worst, cause, tables),
      ...placeOfGap(worst, cause),
      why: explain(worst, causes, percent) + mentionShortGaps(idle, shortest),
      advice: adviceFor(cause),
      claims: tables.ranks.map(({ row }) => claimOf(idle.find(({ rank }) => rank.row === row))),
      reassess: (remaining) =>
        remaining < thresholds.warning
          ? null
          : {
              severity: severityOf(remaining, thresholds, stepCount) ?? 'info',
              threshold: passedThreshold(remaining, thresholds),
            },
    };
  },
});

function idleOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  shortest: number,
): RankIdle {
  const { gaps, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const perStep = new Float64Array(steps.length);
  const shortPerStep = new Float64Array(steps.length);
  const material: number[] = [];
  for (let gap = 0; gap < gaps.length; gap++) {
    const length = gaps.end[gap] - gaps.start[gap];
    if (length < shortest) {
      shortPerStep[gaps.step[gap]] += length;
    } else if (steps.isWarmup[gaps.step[gap]] === 0) {
      perStep[gaps.step[gap]] += length;
      material.push(gap);
    }
  }
  const typicalShare = (times: Float64Array): number =>
    rows.length === 0 ? 0 : median(rows.map((row, i) => (100 * times[row]) / durations[i]));
  const lengthOfGap = (gap: number): number => gaps.end[gap] - gaps.start[gap];
  return {
    rank,
    gaps: material.sort((a, b) => lengthOfGap(b) - lengthOfGap(a)),
    sharePercent: typicalShare(perStep),
    shortSharePercent: typicalShare(shortPerStep),
  };
}

/** Shares of the material idle time, 0 to 1, largest first. */
function sharesByCause({ rank, gaps }: RankIdle): [GapCause, number][] {
  const times = GAP_CAUSES.map(() => 0);
  let total = 0;
  for (const gap of gaps) {
    const length = rank.tables.gaps.end[gap] - rank.tables.gaps.start[gap];
    times[rank.tables.gaps.cause[gap]] += length;
    total += length;
  }
  return GAP_CAUSES.map((cause, i): [GapCause, number] => [cause, times[i] / total]).sort(
    (a, b) => b[1] - a[1],
  );
}

function explain(
  { gaps }: RankIdle,
  causes: readonly (readonly [GapCause, number])[],
  percent: number,
): string {
  const explained = causes.reduce(
    (sum, [cause, share]) => sum + (cause === 'unexplained' ? 0 : share),
    0,
  );
  const list = causes
    .filter(([, share]) => share >= 0.05)
    .map(([cause, share]) => `${cause} ${formatPercent(100 * share)}`)
    .join(', ');
  return `The GPU does nothing during ${formatPercent(percent)} of a typical step, in ${gaps.length} gaps over the analyzed steps. By cause: ${list}; ${formatPercent(100 * explained)} is explained.`;
}

/** Empty where they take less than 1 % of the step. */
function mentionShortGaps(idle: readonly RankIdle[], shortest: number): string {
  const percent = median(idle.map(({ shortSharePercent }) => shortSharePercent));
  return percent < 1
    ? ''
    : ` Gaps shorter than ${formatTime(shortest)}, another ${formatPercent(percent)} of the step, are the price of many small kernels and do not count here.`;
}

function placeOfGap({ rank, gaps }: RankIdle, cause: GapCause): ReturnType<typeof placeOf> {
  const { tables } = rank;
  const gap = gaps.find((row) => GAP_CAUSES[tables.gaps.cause[row]] === cause) ?? gaps[0];
  const culprit = tables.gaps.culprit[gap];
  const span = culprit >= 0 ? culprit : tables.gaps.after[gap];
  return span >= 0 ? placeOf(tables.sourceOf(span)) : { location: null, annotations: [] };
}

function claimOf(idle: RankIdle | undefined): Intervals {
  const builder = new IntervalsBuilder();
  for (const gap of [...(idle?.gaps ?? [])].sort((a, b) => a - b)) {
    builder.add(idle?.rank.tables.gaps.start[gap] ?? 0, idle?.rank.tables.gaps.end[gap] ?? 0);
  }
  return builder.finish();
}

/** The longest gaps of the cause that the title names, then the others. */
function evidenceOf(
  { rank, gaps }: RankIdle,
  cause: GapCause,
  { alignment }: NeededTables<Name>,
): Evidence[] {
  const { gaps: table, steps } = rank.tables;
  const isNamed = (gap: number): boolean => GAP_CAUSES[table.cause[gap]] === cause;
  const chosen = [...gaps.filter(isNamed), ...gaps.filter((gap) => !isNamed(gap))];
  return chosen.slice(0, MAX_EVIDENCE).map((gap) => ({
    rank: rank.rank,
    lane: 'device',
    name: `idle: ${GAP_CAUSES[table.cause[gap]]}`,
    startNs: table.start[gap] + alignment.offsets[rank.row],
    durationNs: table.end[gap] - table.start[gap],
    step: steps.number[table.step[gap]],
  }));
}

function adviceFor(cause: GapCause): { text: string; link?: string }[] {
  const profile = {
    text: 'Record again with with_stack=True and record_function around the parts of the step: the gaps then name the code that runs in them.',
    link: 'https://docs.pytorch.org/docs/stable/profiler.html',
  };
  if (cause !== 'host' && cause !== 'launch') {
    return [profile];
  }
  return [
    {
      text: 'Launch less often: compile the model with torch.compile, or capture the step with CUDA graphs.',
      link: 'https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs',
    },
    {
      text: 'Give each launch more work: larger batches, fused optimizers (fused=True), foreach implementations.',
      link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html',
    },
    {
      text: 'Take Python work out of the step: logging, metrics, conversions and copies between launches.',
    },
    profile,
  ];
}
