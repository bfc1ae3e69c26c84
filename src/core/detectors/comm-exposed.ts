import type { RankCollective } from '../derived/rank-collectives.ts';
import { inSteps } from '../derived/time-budget.ts';
import { median, typicalTime } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  isExplainedByOthers,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'exposedCommunication',
  'collectives',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
  'transferShare',
] as const;
type Name = (typeof NEEDS)[number];

interface RankExposure {
  readonly rank: NeededRank<Name>;
  readonly medianNs: number;
  readonly sharePercent: number;
}

export const commExposed = defineDetector({
  id: 'comm-exposed',
  title: 'Communication is not hidden behind compute',
  needs: NEEDS,
  options: {
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, that exposed communication must take (PyTorch TensorBoard plug-in).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description:
        'Share of the step, in percent, from which exposed communication is an error (TraceLens).',
      minimum: 0,
      maximum: 100,
    },
    transferPercent: {
      default: 50,
      description:
        'Share of the communication, in percent, that must be transfer: the shortest over the ranks. Else it is waiting for a late rank.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const exposures = tables.ranks.map((rank) => exposureOf(rank, tables));
    if (exposures.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(exposures.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.warningPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const transfer = tables.transferShare;
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null || (transfer !== null && 100 * transfer < options.transferPercent)) {
      return;
    }
    const worst = exposures.reduce((most, one) =>
      one.sharePercent > most.sharePercent ? one : most,
    );
    const { rank } = worst;
    const longest = longestCollectives(rank, tables);
    const source = evidenceSourceOf(rank, tables);
    const exposedNs = median(exposures.map(({ medianNs }) => medianNs));
    const savingNsPerStep = Math.round(exposedNs * (transfer ?? 1));
    yield {
      title: 'Communication is not hidden behind compute',
      pattern: 'hidden-serialization',
      layer: 'orchestration',
      severity: transfer === null && severity === 'error' ? 'warning' : severity,
      confidence: transfer === null ? 'low' : confidenceOf(stepCount),
      ranks: exposures
        .filter(({ sharePercent }) => sharePercent >= options.warningPercent)
        .map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep,
      savingHow:
        'Communication without compute beside it, times the share that is transfer (the shortest over the ranks); the median over steps, then over ranks. It is the most that overlapping can hide.',
      threshold: passedThreshold(percent, thresholds),
      evidence: longest.map(({ span, step }) => ({ ...spanEvidence(source, span), step })),
      ...(longest.length > 0
        ? placeOf(rank.tables.sourceOf(longest[0].span))
        : { location: null, annotations: [] }),
      why: explain(exposedNs, percent, transfer),
      advice: rank.trace.meta.backend === 'hccl' ? ADVICE : [...ADVICE, NCCL_ADVICE],
      claims: tables.ranks.map(({ row, tables: { exposedCommunication, steps } }) =>
        inSteps(exposedCommunication, steps, tables.analyzed[row].rows),
      ),
      reassess: (remaining) =>
        isExplainedByOthers(remaining, savingNsPerStep, tables.medianStepNs) ? null : {},
    };
  },
});

const ADVICE: { text: string; link?: string }[] = [
  {
    text: 'Reduce gradients while the backward pass still runs: DistributedDataParallel does so by buckets; try bucket_cap_mb and gradient_as_bucket_view=True.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html',
  },
  {
    text: 'Reduce less often: with gradient accumulation, wrap all but the last micro-step in no_sync().',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html#torch.nn.parallel.DistributedDataParallel.no_sync',
  },
  {
    text: 'Send less: a communication hook that compresses gradients to bf16 halves them.',
    link: 'https://docs.pytorch.org/docs/stable/ddp_comm_hooks.html',
  },
];

/** HCCL has other settings. */
const NCCL_ADVICE = {
  text: 'See that NCCL uses the fast links: NCCL_DEBUG=INFO prints the rings and transports that it chose.',
  link: 'https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html',
};

function exposureOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankExposure {
  const { rows, durations } = analyzed[rank.row];
  const times = timePerStep(rank.tables.exposedCommunication, rank.tables.steps, rows);
  return { rank, ...typicalTime(times, durations) };
}

function longestCollectives(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
): RankCollective[] {
  const { rows } = analyzed[rank.row];
  const numbers = new Set(rows.map((row) => rank.tables.steps.number[row]));
  return rank.tables.collectives
    .filter(({ step }) => step !== null && numbers.has(step))
    .sort((a, b) => b.end - b.start - (a.end - a.start))
    .slice(0, MAX_EVIDENCE);
}

function explain(exposedNs: number, percent: number, transfer: number | null): string {
  const kind =
    transfer === null
      ? 'Whether it is transfer or waiting for a late rank could only the files of all ranks tell.'
      : `${formatPercent(100 * transfer)} of the communication is transfer, the rest is waiting for the last rank.`;
  return `For ${formatTime(exposedNs)}, ${formatPercent(percent)} of a typical step, only communication runs. ${kind}`;
}
