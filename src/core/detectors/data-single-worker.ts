import { median } from '../derived/statistics.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  confidenceOf,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'loaderWaits',
  'loaderStage',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

/** The iterator that PyTorch uses with num_workers=0. */
const SINGLE_PROCESS = /_SingleProcessDataLoaderIter/;

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
    const ranks = tables.ranks.filter((rank) => exampleOf(rank) !== undefined);
    if (ranks.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const typical = ranks.map((rank) => typicalWait(rank, tables));
    const waitNs = median(typical);
    const percent = (100 * waitNs) / tables.medianStepNs;
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
    const example = exampleOf(rank) ?? -1;
    const source = {
      ...rank,
      steps: rank.tables.steps,
      offsetNs: tables.alignment.offsets[rank.row],
    };
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
        'With one worker, loading runs beside the rest of the step: the shorter of the two is saved, the median over steps and ranks. What the finding about the wait itself claims is not counted again.',
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

/** A wait in which the training process itself does the loading; undefined where nothing tells so. */
function exampleOf({ trace, tables }: NeededRank<Name>): number | undefined {
  const { spans } = tables.loaderWaits;
  const bySingle = [...spans].find((span) => isSingleProcess(trace, span));
  return (
    bySingle ?? (tables.loaderStage === null ? undefined : [...spans].find((span) => span >= 0))
  );
}

/** The wait is an annotation of the user's or the iterator's own; that one is the child that starts next. */
function isSingleProcess({ spans, strings }: NeededRank<Name>['trace'], wait: number): boolean {
  const until = spans.start[wait] + spans.duration[wait];
  for (let i = wait; i < Math.min(wait + 16, spans.length) && spans.start[i] < until; i++) {
    if (SINGLE_PROCESS.test(strings[spans.name[i]])) {
      return true;
    }
  }
  return false;
}

function typicalWait({ row, tables }: NeededRank<Name>, { analyzed }: NeededTables<Name>): number {
  const { rows } = analyzed[row];
  return rows.length === 0
    ? 0
    : median(rows.map((step) => tables.loaderWaits.exposedPerStep[step]));
}
