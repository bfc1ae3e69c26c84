import { intersectionOf } from '../derived/intervals.ts';
import { findEarlierStarts } from '../derived/replay/earlier-reductions.ts';
import type { Repair } from '../derived/replay/repair.ts';
import type { RankCollective } from '../derived/rank-collectives.ts';
import { median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
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
  'lateReduction',
  'work',
  'phases',
  'exposedCommunication',
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
  'transferShare',
] as const;
type Name = (typeof NEEDS)[number];

/** The reductions of one rank; medians over the analyzed steps. */
interface RankReduction {
  readonly rank: NeededRank<Name>;
  /** Communication, of the step. */
  readonly communicationPercent: number;
  /** Communication with compute beside it, of all of it. */
  readonly overlapPercent: number;
  /** Reductions after the backward pass, of the communication. */
  readonly latePercent: number;
  /** Those with nothing beside them, of the step. */
  readonly exposedPercent: number;
  readonly exposedNs: number;
  /** Of that, what an earlier start could hide. */
  readonly hideableNs: number;
  readonly backwardNs: number;
}

/** The median over ranks. */
type Typical = (key: Exclude<keyof RankReduction, 'rank'>) => number;

/** Below, other communication weighs more. */
const MIN_LATE_PERCENT = 50;

export const commNotOverlapped = defineDetector({
  id: 'comm-not-overlapped',
  title: 'Gradients are reduced only after the backward pass',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: 5,
      description: 'Share of the step, in percent, that communication must take (nsys-ai).',
      minimum: 0,
      maximum: 100,
    },
    overlapPercent: {
      default: 30,
      description:
        'Share of the communication, in percent, from which on compute beside it is overlap enough (nsys-ai, HTA).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, from which reductions after the backward pass are a warning (as comm-exposed).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description:
        'Share of the step, in percent, from which reductions after the backward pass are an error (as comm-exposed).',
      minimum: 0,
      maximum: 100,
    },
    transferPercent: {
      default: 50,
      description:
        'Share of the communication, in percent, that must be transfer (as comm-exposed). Else it is waiting for a late rank.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const { transferShare, medianStepNs } = tables;
    const reductions = tables.ranks
      .map((rank) => reductionOf(rank, tables))
      .filter((reduction) => reduction !== null);
    if (reductions.length === 0 || medianStepNs === 0) {
      return;
    }
    const over: Typical = (key) => median(reductions.map((reduction) => reduction[key]));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.minimumPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const percent = over('exposedPercent');
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null || !isLate(over, transferShare, options)) {
      return;
    }
    const worst = reductions.reduce((most, one) =>
      one.exposedPercent > most.exposedPercent ? one : most,
    );
    const { rank } = worst;
    const longest = longestOf(rank, tables);
    const source = evidenceSourceOf(rank, tables);
    const transferNs = over('hideableNs') * (transferShare ?? 1);
    yield {
      title: 'Gradients are reduced only after the backward pass',
      pattern: 'hidden-serialization',
      layer: 'orchestration',
      severity: transferShare === null && severity === 'error' ? 'warning' : severity,
      confidence: transferShare === null ? 'low' : confidenceOf(stepCount),
      ranks: reductions.map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(Math.min(transferNs, over('backwardNs'))),
      savingHow:
        'Reductions after the backward pass without compute beside them, but the last of each step, which nothing can hide; times the share that is transfer, and no more than the backward pass could hide; medians over steps, then over ranks.',
      threshold: passedThreshold(percent, thresholds),
      evidence: longest.map(({ span, step }) => ({ ...spanEvidence(source, span), step })),
      ...placeOf(rank.tables.sourceOf(longest[0].span)),
      why: `Only ${formatPercent(over('overlapPercent'))} of the communication has compute beside it: gradients are reduced when the backward pass has ended, and for ${formatTime(over('exposedNs'))}, ${formatPercent(percent)} of a typical step, nothing else runs. ${sayTransfer(transferShare)}`,
      advice: ADVICE,
      ...repairOf(tables),
      claims: tables.ranks.map(({ row, tables: { lateReduction, exposedCommunication, steps } }) =>
        firstOfEachStep(
          intersectionOf(lateReduction.lateIntervals, exposedCommunication),
          steps,
          tables.analyzed[row].rows,
          over('exposedNs'),
        ),
      ),
    };
  },
});

/** One reduction alone could be cut in pieces: what that saves, only the bound tells. */
function repairOf({ ranks }: NeededTables<Name>): { readonly repair?: Repair } {
  const starts = ranks.map(({ trace, tables }) => findEarlierStarts(trace, tables));
  return starts.every(({ length }) => length === 0)
    ? {}
    : {
        repair: {
          condition: 'each bucket of gradients was reduced as soon as it is there',
          changes: [{ kind: 'start-earlier', starts }],
        },
      };
}

const ADVICE = [
  {
    text: 'Let DistributedDataParallel or FSDP reduce each bucket of gradients as soon as it is there; a loop over parameters with all_reduce after backward() cannot overlap.',
    link: 'https://docs.pytorch.org/docs/stable/notes/ddp.html#internal-design',
  },
  {
    text: 'If DDP is in use: smaller buckets (bucket_cap_mb) start earlier, and find_unused_parameters or a hook may hold them back to the end.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html',
  },
  {
    text: 'In a loop of your own: start reductions from hooks (register_post_accumulate_grad_hook) with async_op=True, and wait before the optimizer.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.Tensor.register_post_accumulate_grad_hook.html',
  },
];

function isLate(
  typical: Typical,
  transferShare: number | null,
  limits: Readonly<Record<'minimumPercent' | 'overlapPercent' | 'transferPercent', number>>,
): boolean {
  return (
    typical('communicationPercent') >= limits.minimumPercent &&
    typical('overlapPercent') < limits.overlapPercent &&
    typical('latePercent') >= MIN_LATE_PERCENT &&
    (transferShare === null || 100 * transferShare >= limits.transferPercent)
  );
}

function sayTransfer(transferShare: number | null): string {
  return transferShare === null
    ? 'Whether it is transfer or waiting for a late rank could only the files of all ranks tell.'
    : `${formatPercent(100 * transferShare)} of it is transfer, the rest is waiting for the last rank.`;
}

function reductionOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
): RankReduction | null {
  const { rows, durations } = analyzed[rank.row];
  const { lateReduction, exposedCommunication, steps } = rank.tables;
  const { communicationNs, overlappedNs, lateNs, backwardNs, lateIntervals, hideableIntervals } =
    lateReduction;
  const known = rows.filter((row) => communicationNs[row] > 0);
  if (known.length < rows.length / 2 || known.length === 0) {
    return null;
  }
  const exposed = timePerStep(intersectionOf(lateIntervals, exposedCommunication), steps, rows);
  return {
    rank,
    communicationPercent: median(rows.map((row, i) => (100 * communicationNs[row]) / durations[i])),
    overlapPercent: median(known.map((row) => (100 * overlappedNs[row]) / communicationNs[row])),
    latePercent: median(known.map((row) => (100 * lateNs[row]) / communicationNs[row])),
    exposedPercent: median(exposed.map((time, i) => (100 * time) / durations[i])),
    exposedNs: median(exposed),
    hideableNs: median(
      timePerStep(intersectionOf(hideableIntervals, exposedCommunication), steps, rows),
    ),
    backwardNs: median(rows.map((row) => Math.max(0, backwardNs[row] - overlappedNs[row]))),
  };
}

function longestOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankCollective[] {
  const { steps, lateReduction } = rank.tables;
  const numbers = new Set(analyzed[rank.row].rows.map((row) => steps.number[row]));
  return lateReduction.late
    .filter(({ step }) => step === null || numbers.has(step))
    .sort((a, b) => b.end - b.start - (a.end - a.start))
    .slice(0, MAX_EVIDENCE);
}
