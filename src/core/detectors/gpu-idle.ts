import { Coverage, type Intervals, NO_INTERVALS } from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { type Evidence, GAP_CAUSES, type GapCause } from '../model/report.ts';
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
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

const PROFILER = GAP_CAUSES.indexOf('profiler');

/** By row of ranks: what other findings claim. */
type Taken = readonly (Intervals | undefined)[];

interface RankIdle {
  readonly rank: NeededRank<Name>;
  /** Rows of the material gaps in analysed steps, longest first. */
  readonly gaps: readonly number[];
  /** By gap: what no other finding claims, in nanoseconds. */
  readonly lengths: Float64Array;
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
        'Gaps shorter than this share of the median step, in percent, do not count: what the host makes of them is host-bound.',
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
    const ranks = tables.ranks.filter(({ tables: { busy } }) => busy.length > 0);
    if (ranks.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const idleWithout = (taken: Taken): RankIdle[] =>
      ranks.map((rank) => idleOf(rank, tables, shortest, taken[rank.row] ?? NO_INTERVALS));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const judge = (idle: readonly RankIdle[]): Judgement | null =>
      judgeIdle(idle, tables, { ...options, shortest, stepCount });
    const all = idleWithout([]);
    const judgement = judge(all);
    if (judgement === null) {
      return;
    }
    yield {
      ...judgement,
      pattern: 'inefficiency',
      layer: 'compute',
      savingNsPerStep: Math.round((judgement.threshold.measured / 100) * tables.medianStepNs),
      savingHow: `Gaps of ${formatTime(shortest)} or more that no other finding claims; the median over steps, then over ranks.`,
      claims: tables.ranks.map(({ row }) => claimOf(all.find(({ rank }) => rank.row === row))),
      generality: 2,
      reassess: (remaining, taken) =>
        remaining < options.warningPercent ? null : judge(idleWithout(taken)),
    };
  },
});

type Judgement = Omit<
  FindingDraft,
  'pattern' | 'layer' | 'savingNsPerStep' | 'savingHow' | 'claims' | 'reassess'
>;

/** Null where it takes less than the threshold. */
function judgeIdle(
  idle: readonly RankIdle[],
  tables: NeededTables<Name>,
  {
    warningPercent,
    errorPercent,
    shortest,
    stepCount,
  }: Readonly<Record<'warningPercent' | 'errorPercent' | 'shortest' | 'stepCount', number>>,
): Judgement | null {
  const percent = median(idle.map(({ sharePercent }) => sharePercent));
  if (!(percent >= warningPercent)) {
    return null;
  }
  const thresholds = { info: warningPercent, warning: warningPercent, error: errorPercent };
  const worst = idle.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
  const causes = sharesByCause(worst);
  const [[cause]] = causes;
  return {
    title: TEXTS[cause],
    severity: severityOf(percent, thresholds, stepCount) ?? 'info',
    confidence: cause === 'unexplained' ? 'low' : confidenceOf(stepCount),
    ranks: idle
      .filter(({ sharePercent }) => sharePercent >= warningPercent)
      .map(({ rank }) => rank.rank),
    steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
    threshold: passedThreshold(percent, thresholds),
    evidence: evidenceOf(worst, cause, tables),
    ...placeOfGap(worst, cause),
    why: explain(worst, causes, percent) + mentionShortGaps(idle, shortest),
    advice: adviceFor(cause),
  };
}

function idleOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  shortest: number,
  taken: Intervals,
): RankIdle {
  const { gaps, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const elsewhere = new Coverage(taken);
  const perStep = new Float64Array(steps.length);
  const shortPerStep = new Float64Array(steps.length);
  const lengths = new Float64Array(gaps.length);
  const material: number[] = [];
  for (let gap = 0; gap < gaps.length; gap++) {
    const start = gaps.start[gap];
    const whole = gaps.end[gap] - start;
    const length = whole - elsewhere.within(start, gaps.end[gap]);
    const step = gaps.step[gap];
    if (steps.isWarmup[step] === 1 || gaps.cause[gap] === PROFILER || length <= 0) {
      continue;
    }
    if (whole < shortest) {
      shortPerStep[step] += length;
    } else {
      perStep[step] += length;
      lengths[gap] = length;
      material.push(gap);
    }
  }
  const typicalShare = (times: Float64Array): number =>
    rows.length === 0 ? 0 : median(rows.map((row, i) => (100 * times[row]) / durations[i]));
  return {
    rank,
    gaps: material.sort((a, b) => lengths[b] - lengths[a]),
    lengths,
    sharePercent: typicalShare(perStep),
    shortSharePercent: typicalShare(shortPerStep),
  };
}

/** Shares of the material idle time, 0 to 1, largest first. */
function sharesByCause({ rank, gaps, lengths }: RankIdle): [GapCause, number][] {
  const times = GAP_CAUSES.map(() => 0);
  let total = 0;
  for (const gap of gaps) {
    times[rank.tables.gaps.cause[gap]] += lengths[gap];
    total += lengths[gap];
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
  return `The GPU does nothing during ${formatPercent(percent)} of a typical step, in ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} over the analyzed steps. By cause: ${list}; ${formatPercent(100 * explained)} is explained.`;
}

/** Empty where they take less than 1 % of the step. */
function mentionShortGaps(idle: readonly RankIdle[], shortest: number): string {
  const percent = median(idle.map(({ shortSharePercent }) => shortSharePercent));
  return percent < 1
    ? ''
    : ` Gaps shorter than ${formatTime(shortest)}, another ${formatPercent(percent)} of the step, do not count here.`;
}

function placeOfGap({ rank, gaps }: RankIdle, cause: GapCause): ReturnType<typeof placeOf> {
  const { tables } = rank;
  const gap = gaps.find((row) => GAP_CAUSES[tables.gaps.cause[row]] === cause) ?? gaps[0];
  const culprit = tables.gaps.culprit[gap];
  const span = culprit >= 0 ? culprit : tables.gaps.after[gap];
  return span >= 0 ? placeOf(tables.sourceOf(span)) : { location: null, annotations: [] };
}

function claimOf(idle: RankIdle | undefined): Intervals {
  return idle === undefined ? NO_INTERVALS : gapIntervals(idle.rank.tables.gaps, idle.gaps);
}

/** The longest gaps of the cause that the title names, then the others. */
function evidenceOf(
  { rank, gaps }: RankIdle,
  cause: GapCause,
  tables: NeededTables<Name>,
): Evidence[] {
  const { gaps: table } = rank.tables;
  const isNamed = (gap: number): boolean => GAP_CAUSES[table.cause[gap]] === cause;
  const chosen = [...gaps.filter(isNamed), ...gaps.filter((gap) => !isNamed(gap))];
  const source = evidenceSourceOf(rank, tables);
  return chosen.slice(0, MAX_EVIDENCE).map((gap) => gapEvidence(source, table, gap));
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
