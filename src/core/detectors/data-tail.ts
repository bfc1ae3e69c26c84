import { differenceOf, type Intervals } from '../derived/intervals.ts';
import { sayWhichWorkers } from '../derived/loader-workers.ts';
import { quantileOfSorted, sortedCopy } from '../derived/statistics.ts';
import { firstOfEachStep, inSteps, withWaitsOfOthers } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import { evidenceSourceOf, MAX_EVIDENCE, placeOf, spanEvidence } from './finding-draft.ts';

const NEEDS = [
  'loaderWaits',
  'ownLoading',
  'loaderWorkers',
  'batchWaits',
  'waiting',
  'steps',
  'sourceOf',
  'analyzed',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface Tail {
  readonly rank: NeededRank<Name>;
  readonly p50Ns: number;
  readonly ratio: number;
  /** Rows of the steps whose batch came very late. */
  readonly late: readonly number[];
  readonly excessNs: number;
  readonly percent: number;
}

/** A rhythm may miss a beat. */
const PERIOD_SHARE = 0.8;

export const dataTail = defineDetector({
  id: 'data-tail',
  title: 'Some batches come very late',
  needs: NEEDS,
  options: {
    minimumSteps: {
      default: 20,
      description: 'Analyzed steps needed to speak of a tail at all.',
      minimum: 5,
      maximum: 100_000,
    },
    ratio: {
      default: 3,
      description: 'How many times the median wait for a batch the 99th percentile must be.',
      minimum: 1,
      maximum: 1_000,
    },
    excessPercent: {
      default: 3,
      description:
        'Share of the wall time, in percent, that late batches must cost beyond the median wait.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const tails = tables.ranks
      .map((rank) => tailOf(rank, tables, options.minimumSteps))
      .filter(
        (tail) =>
          tail !== null && tail.ratio >= options.ratio && tail.percent >= options.excessPercent,
      )
      .filter((tail) => tail !== null)
      .sort((a, b) => b.percent - a.percent);
    if (tails.length === 0) {
      return;
    }
    const [worst] = tails;
    const { rank, late } = worst;
    const period = periodOf(late);
    const first = rank.tables.loaderWaits.longestPerStep[late[0]];
    const source = evidenceSourceOf(rank, tables);
    yield {
      title: 'Some batches come very late',
      pattern: 'tail-latency',
      layer: 'data',
      severity: 'warning',
      confidence: late.length >= 3 ? 'high' : 'medium',
      ranks: tails.map((tail) => tail.rank.rank),
      steps: late.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(worst.excessNs / tables.analyzed[rank.row].rows.length),
      savingHow:
        'What late batches take beyond the median wait, spread over all analyzed steps of the rank that has most of it.',
      threshold: { name: 'excessPercent', value: options.excessPercent, measured: worst.percent },
      evidence: late
        .map((row) => rank.tables.loaderWaits.longestPerStep[row])
        .filter((span) => span >= 0)
        .slice(0, MAX_EVIDENCE)
        .map((span) => spanEvidence(source, span)),
      ...placeOf(rank.tables.sourceOf(first)),
      why: explain(worst, period, tables.ranks.length),
      advice: rank.tables.ownLoading === null ? [FIND_SAMPLES, ...WORKER_ADVICE] : [FIND_SAMPLES],
      repair: {
        condition: 'no batch came late',
        changes: [
          {
            kind: 'skip-host',
            intervals: tables.ranks.map((one) => lateWaits(one, tables, options.minimumSteps)),
          },
        ],
      },
      claims: claimsOf(tails, tables),
      generality: 0,
      reassess: (remaining) => (remaining >= options.excessPercent ? {} : null),
    };
  },
});

const FIND_SAMPLES = {
  text: 'Find the samples that take long: time __getitem__ in the dataset, and look at their size and where they are stored.',
  link: 'https://docs.pytorch.org/docs/stable/data.html#map-style-datasets',
};

const WORKER_ADVICE = [
  {
    text: 'Let other workers bridge a late one: raise prefetch_factor; with in_order=False (PyTorch 2.6) batches that are ready need not wait.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader',
  },
  {
    text: 'If every k-th batch is late and k is the number of workers, one worker is slow: look at what it shares its core or disk with.',
  },
];

function tailOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  minimumSteps: number,
): Tail | null {
  const { rows, durations } = analyzed[rank.row];
  if (rows.length < minimumSteps) {
    return null;
  }
  const waits = rank.tables.loaderWaits.exposedPerStep;
  const sorted = sortedCopy(rows.map((row) => waits[row]));
  const at = (share: number): number => quantileOfSorted(sorted, share);
  const p50Ns = at(0.5);
  const limit = Math.max(2 * p50Ns, at(0.75) + 1.5 * (at(0.75) - at(0.25)));
  const late = rows.filter((row) => waits[row] > limit);
  const excessNs = late.reduce((sum, row) => sum + waits[row] - p50Ns, 0);
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return {
    rank,
    p50Ns,
    ratio: at(0.99) / Math.max(p50Ns, 1),
    late,
    excessNs,
    percent: (100 * excessNs) / total,
  };
}

/** The distance of late batches where all of them fit one and few of it are missing; null otherwise. */
function periodOf(late: readonly number[]): number | null {
  const distances = late.slice(1).map((row, i) => row - late[i]);
  const shortest = distances.reduce((least, distance) => Math.min(least, distance), Infinity);
  const fits = distances.every((distance) => distance % shortest === 0);
  const expected = 1 + (late[late.length - 1] - late[0]) / shortest;
  return distances.length >= 2 && shortest > 1 && fits && late.length >= PERIOD_SHARE * expected
    ? shortest
    : null;
}

function explain(
  { rank, p50Ns, ratio, late, percent }: Tail,
  period: number | null,
  rankCount: number,
): string {
  const batches = rankCount === 1 ? 'batches' : `batches of rank ${rank.rank}`;
  const typical =
    p50Ns < 1_000
      ? `Most ${batches} are there at once`
      : `Half of the ${batches} come within ${formatTime(p50Ns)}`;
  const slowest = ratio > 1_000 ? '' : ` (p99 is ${ratio.toFixed(1)} times that)`;
  const rhythm = period === null ? '' : sayRhythm(rank, period);
  const number = late.length === 1 ? 'one batch' : `${late.length} batches`;
  return `${typical}${slowest}, but ${number} cost ${formatPercent(percent)} of all the time.${rhythm}`;
}

/** What late batches of a rank take beyond the median wait, whether the device works meanwhile or not. */
function lateWaits(
  rank: NeededRank<Name>,
  tables: NeededTables<Name>,
  minimumSteps: number,
): Intervals {
  const { loaderWaits, steps } = rank.tables;
  const { late = [], p50Ns = 0 } = tailOf(rank, tables, minimumSteps) ?? {};
  const whole = inSteps(loaderWaits.waits, steps, late);
  return differenceOf(whole, firstOfEachStep(loaderWaits.waits, steps, late, p50Ns));
}

function sayRhythm(
  { tables: { ownLoading, loaderWorkers } }: NeededRank<Name>,
  period: number,
): string {
  const because =
    ownLoading === null
      ? (sayWhichWorkers(loaderWorkers) ??
        `With ${period} workers, one of them or all together are too slow.`)
      : 'Look for what comes back that often, such as large samples.';
  return ` One batch in ${period} is late, at equal distances. ${because}`;
}

/** The late batches of each rank, and what it waits meanwhile for others. */
function claimsOf(
  tails: readonly Tail[],
  { ranks, alignment, batchWaits }: NeededTables<Name>,
): readonly Intervals[] {
  const own = ranks.map(({ row, tables: { loaderWaits, steps } }) => {
    const tail = tails.find(({ rank }) => rank.row === row);
    const late = tail?.late ?? [];
    const whole = inSteps(loaderWaits.exposed, steps, late);
    return differenceOf(whole, firstOfEachStep(loaderWaits.exposed, steps, late, tail?.p50Ns ?? 0));
  });
  return alignment.isComparable && !batchWaits.isOfOneRank
    ? withWaitsOfOthers(
        own,
        ranks.map(({ tables }) => tables.waiting),
        alignment.offsets,
      )
    : own;
}
