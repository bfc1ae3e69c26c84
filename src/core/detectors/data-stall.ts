import { STRETCH } from '../derived/batch-waits.ts';
import {
  intersectionOf,
  type Intervals,
  lengthOf,
  shifted,
  unionOf,
} from '../derived/intervals.ts';
import { sayWhichWorkers } from '../derived/loader-workers.ts';
import { delaysOf, firstOfEachStep, withWaitsOfOthers } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  type FindingDraft,
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
  'loaderWorkers',
  'ownLoading',
  'batchWaits',
  'waiting',
  'collectives',
  'steps',
  'busy',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

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
    const { batchWaits, ranks, medianStepNs } = tables;
    if (ranks.length === 0 || medianStepNs === 0) {
      return;
    }
    const { isBursty, typical, byRank, meanNs, waiting } = batchWaits;
    const percent = typical.sharePercent;
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
    const worst = ranks.reduce((most, rank) => (meanNs[rank.row] > meanNs[most.row] ? rank : most));
    const hasDevice = worst.tables.busy.length > 0;
    const savingNsPerStep = Math.round(typical.medianNs);
    yield {
      title: hasDevice ? 'The loader starves the GPU' : 'The loader holds up training',
      pattern: 'pipeline-stall',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: ranks
        .filter(({ row }) =>
          isBursty ? waiting.includes(row) : byRank[row].sharePercent >= options.infoPercent,
        )
        .map(({ rank }) => rank),
      steps: tables.analyzed[worst.row].rows.map((row) => worst.tables.steps.number[row]),
      savingNsPerStep,
      savingHow: `The wait for the next batch in each analyzed step that no device work overlaps; ${isBursty ? explainStretches(tables) : 'the median over the steps of all ranks'}. It vanishes if the loader keeps up.`,
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(worst, tables),
      ...placeOfLoader(worst),
      why: isBursty ? explainBursts(worst, tables) : explain(worst, tables),
      advice: ADVICE,
      repair: {
        condition: 'the loader kept up',
        changes: [
          {
            kind: 'skip-host',
            intervals: tables.ranks.map((rank) => rank.tables.loaderWaits.waits),
          },
        ],
      },
      claims: claimsOf(tables),
      ...(batchWaits.isOfOneRank ? standBack(options.infoPercent) : {}),
    };
  },
});

/** That one rank waits for its loader, and the others for that rank, is said better of the rank. */
function standBack(leastPercent: number): Pick<FindingDraft, 'generality' | 'reassess'> {
  return { generality: 0, reassess: (remaining) => (remaining < leastPercent ? null : {}) };
}

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

function placeOfLoader({ tables }: NeededRank<Name>): ReturnType<typeof placeOf> {
  const [example] = tables.loaderWaits.spans;
  const place = placeOf(tables.sourceOf(example));
  const stage = tables.loaderStage?.location ?? null;
  return place.location?.how === 'recorded' || stage === null
    ? place
    : { ...place, location: stage };
}

function explain(worst: NeededRank<Name>, { batchWaits, ranks }: NeededTables<Name>): string {
  const { typical, byRank } = batchWaits;
  const where =
    ranks.length > 1
      ? `, most on ${nameRanks([worst.rank])} with ${formatTime(byRank[worst.row].medianNs)}`
      : '';
  const waitsFor =
    worst.tables.busy.length > 0
      ? 'the GPU has nothing to do while the loop waits for the next batch'
      : 'the loop waits for the next batch';
  const stage = worst.tables.loaderStage;
  const inside =
    stage === null
      ? ''
      : ` ${formatPercent(100 * stage.share)} of the waiting is spent in ${stage.name}.`;
  return `In a typical step ${waitsFor} for ${formatTime(typical.medianNs)}, ${formatPercent(typical.sharePercent)} of it${where}.${inside}`;
}

function explainBursts(worst: NeededRank<Name>, { batchWaits }: NeededTables<Name>): string {
  const { medianNs, sharePercent } = batchWaits.typical;
  const who = worst.tables.busy.length > 0 ? 'the GPU has nothing to do' : 'the loop waits';
  const because =
    worst.tables.ownLoading === null
      ? (sayWhichWorkers(worst.tables.loaderWorkers) ??
        'So it is where the workers are too slow together; one slow worker among them looks alike.')
      : 'So it is where the loop loads by itself and the GPU, some steps behind, hides it for a while.';
  return `Batches come in bursts: over ${STRETCH} steps in a row, ${who} for want of a batch for ${formatTime(medianNs)} a step, ${formatPercent(sharePercent)} of the time; one step waits long, the next ones little. ${because}`;
}

function explainStretches({ batchWaits }: NeededTables<Name>): string {
  return batchWaits.isJoined
    ? `of the rank that waits longest in each, since the others wait for it; the mean over ${STRETCH} steps in a row, then the median over all such stretches`
    : `the mean over ${STRETCH} steps in a row, then the median over all such stretches and ranks`;
}

/** The waits of each rank, and what it waits meanwhile for others that wait for theirs. */
function claimsOf({ ranks, analyzed, batchWaits, alignment }: NeededTables<Name>): Intervals[] {
  const { isBursty, byRank, isOfOneRank } = batchWaits;
  const { offsets, isComparable } = alignment;
  const own = ranks.map(({ row, tables: { loaderWaits, steps } }) =>
    firstOfEachStep(
      loaderWaits.exposed,
      steps,
      analyzed[row].rows,
      isBursty ? Infinity : byRank[row].medianNs,
    ),
  );
  if (!isComparable || isOfOneRank || ranks.length === 1) {
    return own;
  }
  if (!isBursty) {
    return withDelaysOfOthers(own, ranks, offsets);
  }
  return withWaitsOfOthers(
    own,
    ranks.map(({ tables }) => tables.waiting),
    offsets,
  );
}

/** A rank that waits for a batch is as much later in the next collective, where the others wait for it. */
function withDelaysOfOthers(
  own: readonly Intervals[],
  ranks: NeededTables<Name>['ranks'],
  offsets: readonly number[],
): Intervals[] {
  const longest = own.map(lengthOf);
  const latest = longest.indexOf(Math.max(...longest));
  const meetings = ranks[latest].tables.collectives.map(({ start }) => start);
  const delays = delaysOf(own[latest], meetings);
  return ranks.map(({ row, tables: { waiting } }) =>
    row === latest
      ? own[row]
      : unionOf(own[row], intersectionOf(waiting, shifted(delays, offsets[latest] - offsets[row]))),
  );
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
