import {
  intersectionOf,
  type Intervals,
  NO_INTERVALS,
  uniteIntervals,
} from '../derived/intervals.ts';
import type { Repair } from '../derived/replay/repair.ts';
import { median, typicalTime } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { inSteps } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
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
  'microSteps',
  'exposedCommunication',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
  'transferShare',
] as const;
type Name = (typeof NEEDS)[number];

interface RankReductions {
  readonly rank: NeededRank<Name>;
  /** Reductions that only the last micro-step needs, as far as nothing hides them. */
  readonly exposed: Intervals;
  readonly medianNs: number;
  readonly sharePercent: number;
}

/** A habit, not an exception: this share of the updates. */
const MIN_UPDATES = 0.5;

export const syncEveryMicrobatch = defineDetector({
  id: 'sync-every-microbatch',
  title: 'Gradients are reduced in every micro-batch',
  needs: NEEDS,
  options: {
    infoPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that needless reductions must take with nothing beside them.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, from which needless reductions are a warning (as comm-exposed).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description:
        'Share of the step, in percent, from which needless reductions are an error (as comm-exposed).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = habitualReductions(tables);
    if (found.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(found.map(({ sharePercent }) => sharePercent));
    const exposedNs = median(found.map(({ medianNs }) => medianNs));
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
    const worst = found.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const { rank } = worst;
    const { microSteps, steps } = rank.tables;
    const source = evidenceSourceOf(rank, tables);
    const longest = [...microSteps.needless]
      .sort((a, b) => b.end - b.start - (a.end - a.start))
      .slice(0, MAX_EVIDENCE);
    yield {
      title: 'Gradients are reduced in every micro-batch',
      pattern: 'inefficiency',
      layer: 'orchestration',
      severity,
      confidence: tables.transferShare === null ? 'medium' : confidenceOf(stepCount),
      ranks: found.map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => steps.number[row]),
      savingNsPerStep: Math.round(exposedNs * (tables.transferShare ?? 1)),
      savingHow:
        'The reductions of all micro-batches but the last, as far as no compute hides them, times the share that is transfer; the median over steps, then over ranks.',
      threshold: passedThreshold(percent, thresholds),
      evidence: longest.map(({ span, step }) => ({ ...spanEvidence(source, span), step })),
      ...placeOf(rank.tables.sourceOf(longest[0].span)),
      why: `The optimizer steps once for every ${microSteps.perUpdate} backward passes, but each of them reduces all gradients. All but the last reduction is needless: ${formatTime(exposedNs)}, ${formatPercent(percent)} of a typical step.`,
      advice: ADVICE,
      repair: withoutNeedless(tables),
      claims: tables.ranks.map(({ row }) => {
        const one = found.find((other) => other.rank.row === row);
        return one === undefined
          ? NO_INTERVALS
          : inSteps(one.exposed, one.rank.tables.steps, tables.analyzed[row].rows);
      }),
    };
  },
});

const ADVICE = [
  {
    text: 'Wrap all micro-batches but the last of an update in no_sync() of DistributedDataParallel.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html#torch.nn.parallel.DistributedDataParallel.no_sync',
  },
  {
    text: 'With FSDP2: set_requires_gradient_sync(False) until the last micro-batch; it keeps whole gradients, so look at the memory.',
    link: 'https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html',
  },
  {
    text: 'With Accelerate or Lightning: let them accumulate (gradient_accumulation_steps, accumulate_grad_batches); they do this by themselves.',
    link: 'https://huggingface.co/docs/accelerate/concept_guides/gradient_synchronization',
  },
];

/** Of the ranks that do this habitually; none where fewer than half of them do. */
function habitualReductions(tables: NeededTables<Name>): readonly RankReductions[] {
  const found = tables.ranks
    .filter(
      ({ tables: { microSteps } }) =>
        microSteps.fullUpdates > 0 && microSteps.fullUpdates >= MIN_UPDATES * microSteps.updates,
    )
    .map((rank) => reductionsOf(rank, tables));
  return found.length < tables.ranks.length / 2 ? [] : found;
}

function withoutNeedless({ ranks }: NeededTables<Name>): Repair {
  const spans = ranks.map(({ tables }) => tables.microSteps.needless.map(({ span }) => span));
  return {
    condition: 'only the last micro-batch of an update reduced the gradients',
    changes: [{ kind: 'scale', spans, factor: 0 }],
  };
}

function reductionsOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankReductions {
  const { microSteps, exposedCommunication, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const needless = uniteIntervals(
    microSteps.needless.map(({ start }) => start),
    microSteps.needless.map(({ end }) => end),
  );
  const exposed = intersectionOf(needless, exposedCommunication);
  return {
    rank,
    exposed,
    ...typicalTime(timePerStep(exposed, steps, rows), durations),
  };
}
