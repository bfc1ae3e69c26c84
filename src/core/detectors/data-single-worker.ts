import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'loaderWaits',
  'ownLoading',
  'batchWaits',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
export const dataSingleWorker = defineDetector({
  id: 'data-single-worker',
  title: 'The training process loads its own batches',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that waiting for the loader must take (as data-stall: PyTorch TensorBoard plug-in).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, from which loading on the training process is a warning (as data-stall: TraceML).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const ranks = tables.ranks.filter((rank) => rank.tables.ownLoading !== null);
    if (ranks.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const { medianNs: waitNs, sharePercent: percent } = tables.batchWaits.typical;
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.minimumPercent,
      warning: options.warningPercent,
      error: Infinity,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null) {
      return;
    }
    const [rank] = ranks;
    const example = rank.tables.ownLoading ?? -1;
    const source = evidenceSourceOf(rank, tables);
    const place = placeOf(rank.tables.sourceOf(example));
    yield {
      title: 'The training process loads its own batches',
      pattern: 'hidden-serialization',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: ranks.map((one) => one.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(Math.min(waitNs, tables.medianStepNs - waitNs)),
      savingHow:
        'With one worker, loading runs beside the rest of the step: the shorter of the two is saved, the median over the steps of all ranks. What the finding about the wait itself claims is not counted again.',
      threshold: passedThreshold(percent, thresholds),
      evidence: [...rank.tables.loaderWaits.spans]
        .filter((span) => span >= 0)
        .slice(0, 8)
        .map((span) => spanEvidence(source, span)),
      location: place.location,
      annotations: place.annotations,
      why: `Loading and computing take turns: the loop itself prepares each batch, for ${formatTime(waitNs)} or ${formatPercent(percent)} of a typical step, as with num_workers=0.`,
      advice: ADVICE,
      claims: tables.ranks.map(({ row, tables: { loaderWaits, steps } }) =>
        firstOfEachStep(loaderWaits.exposed, steps, tables.analyzed[row].rows, waitNs),
      ),
      reassess: () => ({}),
    };
  },
});

const ADVICE = [
  {
    text: 'Give the DataLoader worker processes: start with num_workers=4 for each GPU and measure again.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading',
  },
  {
    text: 'Mind the start method and what the dataset holds: each worker gets a copy of it.',
    link: 'https://docs.pytorch.org/docs/stable/notes/multiprocessing.html',
  },
];
