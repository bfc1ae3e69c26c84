import type { Finding, Report, VerdictKind } from '../model/report.ts';
import { isWithoutTimeline } from '../model/run.ts';
import { computeLosses, type Losses } from './losses.ts';

type Verdict = Report['verdict'];

/** A kind is named only if it leads by this many points, or has this share of what is lost (DETECTORS.md; nsys-ai). */
const LEAD_PERCENT = 15;
const MAJORITY = 0.5;
/** Below this share of the step a loss is no bottleneck: the lowest warning threshold of the detectors. */
const MATERIAL_PERCENT = 10;
/** From this share of compute a step is bound by it. */
const COMPUTE_BOUND_PERCENT = 80;
/** What spans do not name could hide a loss; from the lowest error threshold of the detectors on, "balanced" would be a guess. */
const MAX_UNNAMED_PERCENT = 20;
/** Without a device, less compute than this is no sign of health. */
const MIN_COMPUTE_PERCENT = 50;

/** They tell transfer from waiting. */
const TRANSFER = ['comm-exposed', 'comm-not-overlapped', 'sync-every-microbatch'];

/** What a kind rests on: a loss that no finding supports, or only a note, is not called a bottleneck. */
const SUPPORT: Partial<Record<VerdictKind, readonly string[]>> = {
  'data-bound': ['data-stall', 'data-tail', 'data-single-worker', 'copy-pageable'],
  'host-bound': [
    'gpu-idle',
    'host-bound',
    'host-sync',
    'checkpoint-stall',
    'logging-stall',
    'validation-stall',
    'one-busy-thread',
    'allocator-churn',
    'gc-pause',
    'recompute-jit',
  ],
  'communication-bound': TRANSFER,
};

interface Loss {
  readonly kind: VerdictKind;
  readonly percent: number;
  readonly noun: string;
  readonly text: string;
}

/** One sentence over the run, with the numbers that it rests on. */
export function judge(
  report: Pick<Report, 'ranks' | 'run' | 'stepTime'>,
  findings: readonly Finding[],
): Verdict {
  const verdict = judgeSteps(report, findings);
  return report.run.steps.how === 'whole'
    ? { ...verdict, text: verdict.text.replace('the step time', 'the recording') }
    : verdict;
}

/** Of a run whose files lost their ends nothing can be said with certainty. */
export function judgeCut(): Verdict {
  return inconclusive(
    0,
    'The trace is cut, and profilers write what the device did last: what the training waits for cannot be told.',
  );
}

function judgeSteps(
  report: Pick<Report, 'ranks' | 'run' | 'stepTime'>,
  findings: readonly Finding[],
): Verdict {
  const losses = computeLosses(report.ranks, findings);
  if (report.stepTime === null || losses === null) {
    return inconclusive(0, whatIsMissing(report));
  }
  const kinds = listLosses(losses, findings, report.ranks.length).sort(
    (a, b) => b.percent - a.percent,
  );
  const supported = kinds.filter(
    ({ kind, percent }) => percent >= MATERIAL_PERCENT && isSupported(kind, findings),
  );
  const unexplained = losses.unexplainedPercent;
  if (unexplained >= MATERIAL_PERCENT && unexplained > (supported[0]?.percent ?? 0)) {
    return losses.hasDevice
      ? inconclusive(
          unexplained,
          `The ${gpus(report.ranks.length, 'is', 'are')} idle during ${round(unexplained)} of the step time, and the trace does not show why.`,
        )
      : judgeUnnamed(losses, kinds);
  }
  return supported.length === 0
    ? quiet(losses, kinds[0], report.ranks.length)
    : commit(kinds, supported, unexplained);
}

function whatIsMissing({ run, stepTime }: Pick<Report, 'run' | 'stepTime'>): string {
  if (run.formats.some((format) => !isWithoutTimeline(format))) {
    return 'The trace does not show what the training waits for: it has neither device work nor phases.';
  }
  return stepTime === null
    ? 'These are values over time: how long steps take and what they wait for is not among them. Record a trace to see it.'
    : 'These are step times: what the training waits for is not told with them. Record a trace to see it.';
}

function commit(kinds: readonly Loss[], supported: readonly Loss[], unexplained: number): Verdict {
  const [first] = supported;
  const total = kinds.reduce((sum, { percent }) => sum + percent, unexplained);
  const second = kinds.find((loss) => loss !== first);
  if (first.percent - (second?.percent ?? 0) >= LEAD_PERCENT || first.percent >= MAJORITY * total) {
    return { kind: first.kind, text: first.text, sharePercent: first.percent };
  }
  const parts = kinds.filter(({ percent }) => percent >= 1).slice(0, 3);
  return {
    kind: 'mixed',
    text: `No single cause dominates: of the step time, ${parts.map(({ noun, percent }) => `${noun} takes ${round(percent)}`).join(', ')}.`,
    sharePercent: parts.reduce((sum, { percent }) => sum + percent, 0),
  };
}

/** Spans that name only a part of the step: what they name may still be most of it. */
function judgeUnnamed(losses: Losses, kinds: readonly Loss[]): Verdict {
  const known = 100 - losses.unexplainedPercent;
  return losses.unexplainedPercent < MAX_UNNAMED_PERCENT
    ? quiet(losses, kinds[0], 1)
    : inconclusive(
        known,
        `The trace names only ${round(known)} of the step time, too little to say what it waits for.`,
      );
}

function quiet(losses: Losses, largest: Loss, rankCount: number): Verdict {
  if (!losses.hasDevice && losses.computePercent < MIN_COMPUTE_PERCENT) {
    return inconclusive(
      losses.computePercent,
      `No finding passes its threshold, but the trace names compute during only ${round(losses.computePercent)} of the step time.`,
    );
  }
  const what = losses.hasDevice
    ? `the ${gpus(rankCount, 'computes', 'compute')}`
    : 'the training loop computes';
  const share = losses.computePercent;
  const rest =
    largest.percent < 1
      ? 'nothing else takes 1 %'
      : `${largest.noun} is next with ${round(largest.percent)}`;
  return share >= COMPUTE_BOUND_PERCENT
    ? {
        kind: 'compute-bound',
        text: `T${what.slice(1)} during ${round(share)} of the step time; ${rest}.`,
        sharePercent: share,
      }
    : {
        kind: 'balanced',
        text: `No bottleneck stands out: ${what} during ${round(share)} of the step time; ${rest}.`,
        sharePercent: share,
      };
}

function listLosses(losses: Losses, findings: readonly Finding[], rankCount: number): Loss[] {
  const who = losses.hasDevice
    ? `The ${gpus(rankCount, 'waits', 'wait')}`
    : 'The training loop waits';
  const during = (percent: number): string => `during ${round(percent)} of the step time.`;
  const isTransfer = rankCount === 1 || findings.some(({ id }) => TRANSFER.includes(id));
  const communication = losses.communicationPercent;
  const data = losses.dataPercent;
  const host = losses.hostPercent;
  return [
    {
      kind: 'data-bound',
      percent: data,
      noun: 'waiting for data',
      text: `${who} for data ${during(data)}`,
    },
    losses.hasDevice
      ? {
          kind: 'host-bound',
          percent: host,
          noun: 'waiting for the host',
          text: `${who} for the host to launch work ${during(host)}`,
        }
      : {
          kind: 'host-bound',
          percent: host,
          noun: 'work beside training (checkpoints, logs, validation, garbage collection)',
          text: `Checkpoints, logs, validation or garbage collection hold the training loop up ${during(host)}`,
        },
    isTransfer
      ? {
          kind: 'communication-bound',
          percent: communication,
          noun: 'communication',
          text: `Communication that no compute hides takes ${round(communication)} of the step time.`,
        }
      : {
          kind: 'imbalanced',
          percent: communication,
          noun: 'waiting between ranks',
          text: `The ranks wait for each other ${during(communication)}`,
        },
    {
      kind: 'imbalanced',
      percent: losses.imbalancePercent,
      noun: 'waiting for a slow rank',
      text: `Rank ${losses.slowRank ?? 0} makes the others wait ${during(losses.imbalancePercent)}`,
    },
  ];
}

function isSupported(kind: VerdictKind, findings: readonly Finding[]): boolean {
  const ids = SUPPORT[kind];
  return (
    ids === undefined ||
    findings.some(({ id, threshold }) => ids.includes(id) && threshold.name !== 'infoPercent')
  );
}

function inconclusive(sharePercent: number, text: string): Verdict {
  return { kind: 'inconclusive', text, sharePercent };
}

function gpus(count: number, singular: string, plural: string): string {
  return count > 1 ? `GPUs ${plural}` : `GPU ${singular}`;
}

function round(percent: number): string {
  return `${percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}
