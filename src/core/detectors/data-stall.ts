import { median } from '../derived/statistics.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
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
  readonly medianNs: number;
  readonly sharePercent: number;
}

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
    const percent = median(waits.flatMap(({ shares }) => shares));
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
    const worst = waits.reduce((most, wait) => (wait.medianNs > most.medianNs ? wait : most));
    const hasDevice = worst.rank.tables.busy.length > 0;
    const savingNsPerStep = Math.round(median(waits.flatMap((one) => one.waits)));
    yield {
      title: hasDevice ? 'The loader starves the GPU' : 'The loader holds up training',
      pattern: 'pipeline-stall',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: waits
        .filter(({ sharePercent }) => sharePercent >= options.infoPercent)
        .map(({ rank }) => rank.rank),
      steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
      savingNsPerStep,
      savingHow:
        'The wait for the next batch in each analyzed step that no device work overlaps; the median over the steps of all ranks. It vanishes if the loader keeps up.',
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(worst.rank, tables),
      ...placeOfLoader(worst.rank),
      why: explain(waits, worst, savingNsPerStep, percent),
      advice: ADVICE,
      claims: waits.map(({ rank, medianNs }) =>
        firstOfEachStep(
          rank.tables.loaderWaits.exposed,
          rank.tables.steps,
          tables.analyzed[rank.row].rows,
          medianNs,
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
  const shares = waits.map((wait, i) => (100 * wait) / durations[i]);
  return rows.length === 0
    ? { rank, waits, shares, medianNs: 0, sharePercent: 0 }
    : { rank, waits, shares, medianNs: median(waits), sharePercent: median(shares) };
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

function evidenceOf(
  rank: NeededRank<Name>,
  { analyzed, alignment }: NeededTables<Name>,
): Evidence[] {
  const { rank: number, trace, tables } = rank;
  const source = {
    rank: number,
    trace,
    steps: tables.steps,
    offsetNs: alignment.offsets[rank.row],
  };
  const waits = tables.loaderWaits;
  return [...analyzed[rank.row].rows]
    .filter((row) => waits.longestPerStep[row] >= 0)
    .sort((a, b) => waits.exposedPerStep[b] - waits.exposedPerStep[a])
    .slice(0, MAX_EVIDENCE)
    .map((row) => spanEvidence(source, waits.longestPerStep[row]));
}
