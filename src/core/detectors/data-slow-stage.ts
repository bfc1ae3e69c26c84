import { median, typicalTime } from '../derived/statistics.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { LoadingStage } from '../derived/loading-stages.ts';
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
  'loadingStages',
  'loaderWaits',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankStage {
  readonly rank: NeededRank<Name>;
  readonly stage: LoadingStage;
  /** What the loop waits for it, median over the analysed steps. */
  readonly waitNs: number;
  readonly sharePercent: number;
}

export const dataSlowStage = defineDetector({
  id: 'data-slow-stage',
  title: 'One function takes most of the loading',
  needs: NEEDS,
  options: {
    stagePercent: {
      default: 50,
      description:
        'Share of the loading, in percent, that one function or span must take by itself (xprof, for tf.data).',
      minimum: 0,
      maximum: 100,
    },
    infoPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that the loop must wait for this function (as data-stall).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description: 'Share of the step, in percent, from which it is a warning (as data-stall).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = tables.ranks
      .map((rank) => stageOf(rank, tables, options.stagePercent / 100))
      .filter((one) => one !== null);
    if (found.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const worst = found.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const alike = found.filter(({ stage }) => stage.name === worst.stage.name);
    const percent = median(alike.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.infoPercent,
      warning: options.warningPercent,
      error: Infinity,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null) {
      return;
    }
    const { rank, stage } = worst;
    const waitNs = median(alike.map((one) => one.waitNs));
    const source = evidenceSourceOf(rank, tables);
    yield {
      title: 'One function takes most of the loading',
      pattern: 'pipeline-stall',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: alike.map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(waitNs),
      savingHow:
        'The share of the loading that this function takes by itself, of the wait for the loader that no device work overlaps; the median over steps, then over ranks. What the finding about the wait itself claims is not counted again.',
      threshold: passedThreshold(percent, thresholds),
      evidence: stage.spans.slice(0, MAX_EVIDENCE).map((span) => spanEvidence(source, span)),
      ...placeOf(rank.tables.sourceOf(stage.spans[0])),
      why: `${stage.name} takes ${formatPercent(100 * stage.share)} of the time in which batches are prepared, without what it calls of your other functions. The loop waits ${formatTime(waitNs)} a step for it, ${formatPercent(percent)} of a typical step.`,
      advice: ADVICE,
      claims: tables.ranks.map(({ row, tables: { loaderWaits, steps } }) =>
        firstOfEachStep(
          loaderWaits.exposed,
          steps,
          tables.analyzed[row].rows,
          found.find((one) => one.rank.row === row)?.waitNs ?? 0,
        ),
      ),
      reassess: () => ({}),
    };
  },
});

const ADVICE = [
  {
    text: 'Do it once and store the result, if it gives the same each time: decoding, resizing, tokenizing.',
  },
  {
    text: 'Do it on whole batches or on the GPU: torchvision.transforms.v2, Kornia, DALI.',
    link: 'https://docs.pytorch.org/vision/stable/transforms.html',
  },
  {
    text: 'Look for Python loops over pixels or samples in it, and let NumPy or a library do them.',
  },
];

function stageOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  minShare: number,
): RankStage | null {
  const stage = rank.tables.loadingStages.at(0);
  const { rows, durations } = analyzed[rank.row];
  if (stage === undefined || stage.share < minShare || rows.length === 0) {
    return null;
  }
  const waits = rows.map((row) => stage.share * rank.tables.loaderWaits.exposedPerStep[row]);
  const { medianNs, sharePercent } = typicalTime(waits, durations);
  return {
    rank,
    stage,
    waitNs: medianNs,
    sharePercent,
  };
}
