import { mean, median, movingMean } from '../derived/statistics.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'loaderWaits',
  'loaderStage',
  'ownLoading',
  'steps',
  'busy',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankWait {
  readonly rank: NeededRank<Name>;
  /** By analysed step. */
  readonly waits: readonly number[];
  readonly shares: readonly number[];
  /** By stretch of steps, where worker processes load: the mean wait, and its share. */
  readonly stretchWaits: readonly number[];
  readonly stretchShares: readonly number[];
  readonly medianNs: number;
  readonly meanNs: number;
}

/**
 * Worker processes that are too slow together bring their batches together: one step waits long, the next ones
 * not at all. Over as many steps as there usually are workers it evens out.
 */
const STRETCH = 8;
/** How many times the typical wait the mean over a stretch must be to speak of bursts. */
const BURST_RATIO = 1.5;

export const dataStall = defineDetector({
  id: 'data-stall',
  title: 'The loader starves the GPU',
  needs: NEEDS,
  options: {
    infoPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that waiting for the loader must take to be noted (PyTorch TensorBoard plug-in, xprof).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, from which waiting for the loader is a warning (TraceML).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description:
        'Share of the step, in percent, from which waiting for the loader is an error (xprof, TraceML).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const waits = tables.ranks.map((rank) => waitOf(rank, tables));
    if (waits.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const steady = median(waits.flatMap(({ shares }) => shares));
    const inBursts = median(waits.flatMap(({ stretchShares }) => stretchShares));
    const isBursty = inBursts >= Math.max(BURST_RATIO * steady, options.infoPercent);
    const percent = isBursty ? inBursts : steady;
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
    const worst = waits.reduce((most, wait) => (wait.meanNs > most.meanNs ? wait : most));
    const hasDevice = worst.rank.tables.busy.length > 0;
    const savingNsPerStep = Math.round(
      median(waits.flatMap((one) => (isBursty ? one.stretchWaits : one.waits))),
    );
    yield {
      title: hasDevice ? 'The loader starves the GPU' : 'The loader holds up training',
      pattern: 'pipeline-stall',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: waits
        .filter(
          ({ shares, stretchShares }) =>
            median(isBursty ? stretchShares : shares) >= options.infoPercent,
        )
        .map(({ rank }) => rank.rank),
      steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
      savingNsPerStep,
      savingHow: `The wait for the next batch in each analyzed step that no device work overlaps; ${isBursty ? `the mean over ${STRETCH} steps in a row, then the median over all such stretches and ranks` : 'the median over the steps of all ranks'}. It vanishes if the loader keeps up.`,
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(worst.rank, tables),
      ...placeOfLoader(worst.rank),
      why: isBursty
        ? explainBursts(worst, savingNsPerStep, percent)
        : explain(waits, worst, savingNsPerStep, percent),
      advice: ADVICE,
      claims: waits.map(({ rank, medianNs }) =>
        firstOfEachStep(
          rank.tables.loaderWaits.exposed,
          rank.tables.steps,
          tables.analyzed[rank.row].rows,
          isBursty ? Infinity : medianNs,
        ),
      ),
    };
  },
});

const ADVICE = [
  {
    text: 'Load in more worker processes: raise num_workers until the wait is gone, and keep them with persistent_workers=True.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#single-and-multi-process-data-loading',
  },
  {
    text: 'Let batches arrive ahead: raise prefetch_factor, set pin_memory=True and copy with non_blocking=True.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#memory-pinning',
  },
  {
    text: 'Do the costly part of the transformation once and store it, or move it to the GPU (torchvision.transforms.v2, DALI).',
    link: 'https://docs.nvidia.com/deeplearning/dali/user-guide/docs/',
  },
];

function waitOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankWait {
  const { rows, durations } = analyzed[rank.row];
  const waits = rows.map((row) => rank.tables.loaderWaits.exposedPerStep[row]);
  const isSmoothed = rank.tables.ownLoading === null && rows.length >= 2 * STRETCH;
  const stretchWaits = isSmoothed ? movingMean(waits, STRETCH) : [];
  const stretchNs = isSmoothed ? movingMean([...durations], STRETCH) : [];
  return {
    rank,
    waits,
    shares: waits.map((wait, i) => (100 * wait) / durations[i]),
    stretchWaits,
    stretchShares: stretchWaits.map((wait, i) => (100 * wait) / stretchNs[i]),
    medianNs: rows.length === 0 ? 0 : median(waits),
    meanNs: rows.length === 0 ? 0 : mean(waits),
  };
}

function placeOfLoader({ tables }: NeededRank<Name>): ReturnType<typeof placeOf> {
  const [example] = tables.loaderWaits.spans;
  const place = placeOf(tables.sourceOf(example));
  const stage = tables.loaderStage?.location ?? null;
  return place.location?.how === 'recorded' || stage === null
    ? place
    : { ...place, location: stage };
}

function explain(
  waits: readonly RankWait[],
  worst: RankWait,
  typicalNs: number,
  percent: number,
): string {
  const hasDevice = worst.rank.tables.busy.length > 0;
  const where =
    waits.length > 1
      ? `, most on ${nameRanks([worst.rank.rank])} with ${formatTime(worst.medianNs)}`
      : '';
  const waitsFor = hasDevice
    ? 'the GPU has nothing to do while the loop waits for the next batch'
    : 'the loop waits for the next batch';
  const stage = worst.rank.tables.loaderStage;
  const inside =
    stage === null
      ? ''
      : ` ${formatPercent(100 * stage.share)} of the waiting is spent in ${stage.name}.`;
  return `In a typical step ${waitsFor} for ${formatTime(typicalNs)}, ${formatPercent(percent)} of it${where}.${inside}`;
}

function explainBursts(worst: RankWait, meanNs: number, percent: number): string {
  const who = worst.rank.tables.busy.length > 0 ? 'the GPU has nothing to do' : 'the loop waits';
  return `Batches come in bursts: over ${STRETCH} steps in a row, ${who} for want of a batch for ${formatTime(meanNs)} a step, ${formatPercent(percent)} of the time; one step waits long, the next ones little. So it is where the workers are too slow together; one slow worker among them looks alike.`;
}

function evidenceOf(
  rank: NeededRank<Name>,
  { analyzed, alignment }: NeededTables<Name>,
): Evidence[] {
  const source = evidenceSourceOf(rank, { alignment });
  const waits = rank.tables.loaderWaits;
  return [...analyzed[rank.row].rows]
    .filter((row) => waits.longestPerStep[row] >= 0)
    .sort((a, b) => waits.exposedPerStep[b] - waits.exposedPerStep[a])
    .slice(0, MAX_EVIDENCE)
    .map((row) => spanEvidence(source, waits.longestPerStep[row]));
}
