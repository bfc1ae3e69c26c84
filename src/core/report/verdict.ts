import type { Finding, Report, VerdictKind } from '../model/report.ts';
import { computeLosses, type Losses } from './losses.ts';

type Verdict = Report['verdict'];

/** A kind is named only if it leads by this many points, or has this share of what is lost (DETECTORS.md; nsys-ai). */
const LEAD_PERCENT = 15;
const MAJORITY = 0.5;
/** Below this share of the step a loss is no bottleneck: the lowest warning threshold of the detectors. */
const MATERIAL_PERCENT = 10;
/** From this share of compute a step is bound by it. */
const COMPUTE_BOUND_PERCENT = 80;

interface Loss {
  readonly kind: VerdictKind;
  readonly percent: number;
  readonly text: string;
}

/** One sentence over the run, with the numbers that it rests on. */
export function judge(
  report: Pick<Report, 'ranks' | 'stepTime'>,
  findings: readonly Finding[],
): Verdict {
  const losses = computeLosses(report.ranks, findings);
  if (report.stepTime === null || losses === null) {
    return {
      kind: 'inconclusive',
      text: 'The trace does not show what the training waits for: it has neither device work nor phases.',
      sharePercent: 0,
    };
  }
  const kinds = lossesByKind(losses, report.ranks.length).sort((a, b) => b.percent - a.percent);
  const material = kinds.filter(({ percent }) => percent >= MATERIAL_PERCENT);
  const [first, second] = kinds as [Loss, Loss];
  if (losses.unexplainedPercent >= MATERIAL_PERCENT && losses.unexplainedPercent > first.percent) {
    return {
      kind: 'inconclusive',
      text: `${subject(losses, report.ranks.length)} idle during ${round(losses.unexplainedPercent)} of every step, and the trace does not show why.`,
      sharePercent: losses.unexplainedPercent,
    };
  }
  if (material.length === 0) {
    return quiet(losses, first, report.ranks.length);
  }
  const total = kinds.reduce((sum, { percent }) => sum + percent, losses.unexplainedPercent);
  if (first.percent - second.percent >= LEAD_PERCENT || first.percent >= MAJORITY * total) {
    return { kind: first.kind, text: first.text, sharePercent: first.percent };
  }
  const parts = kinds.filter(({ percent }) => percent >= 1).slice(0, 3);
  const list = parts
    .map(({ kind, percent }) => `${NOUN[kind] ?? kind} ${round(percent)}`)
    .join(', ');
  return {
    kind: 'mixed',
    text: `No single cause dominates: of every step, ${list} are lost.`,
    sharePercent: parts.reduce((sum, { percent }) => sum + percent, 0),
  };
}

const NOUN: Partial<Record<VerdictKind, string>> = {
  'data-bound': 'waiting for data',
  'host-bound': 'waiting for the host',
  'communication-bound': 'communication',
  imbalanced: 'waiting for a slow rank',
};

function lossesByKind(losses: Losses, rankCount: number): Loss[] {
  const { hasDevice, slowRank } = losses;
  const who = hasDevice
    ? rankCount > 1
      ? 'The GPUs wait'
      : 'The GPU waits'
    : 'The training loop waits';
  const during = (percent: number): string => `during ${round(percent)} of every step.`;
  return [
    {
      kind: 'data-bound',
      percent: losses.dataPercent,
      text: `${who} for data ${during(losses.dataPercent)}`,
    },
    {
      kind: 'host-bound',
      percent: losses.hostPercent,
      text: `${who} for the host to launch work ${during(losses.hostPercent)}`,
    },
    {
      kind: 'communication-bound',
      percent: losses.communicationPercent,
      text: `Communication that no compute hides takes ${round(losses.communicationPercent)} of every step.`,
    },
    {
      kind: 'imbalanced',
      percent: losses.imbalancePercent,
      text: `Rank ${slowRank ?? ''} makes the others wait ${during(losses.imbalancePercent)}`,
    },
  ];
}

function quiet(losses: Losses, largest: Loss, rankCount: number): Verdict {
  const what = losses.hasDevice
    ? rankCount > 1
      ? 'the GPUs compute'
      : 'the GPU computes'
    : 'the loop computes';
  const rest =
    largest.percent < 1
      ? 'nothing else costs 1 % or more'
      : `${NOUN[largest.kind] ?? largest.kind} is next with ${round(largest.percent)}`;
  const share = losses.computePercent;
  return share >= COMPUTE_BOUND_PERCENT
    ? {
        kind: 'compute-bound',
        text: `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} during ${round(share)} of every step; ${rest}.`,
        sharePercent: share,
      }
    : {
        kind: 'balanced',
        text: `No bottleneck stands out: ${what} during ${round(share)} of every step; ${rest}.`,
        sharePercent: share,
      };
}

function subject({ hasDevice }: Losses, rankCount: number): string {
  return hasDevice ? (rankCount > 1 ? 'The GPUs are' : 'The GPU is') : 'The training loop is';
}

function round(percent: number): string {
  return `${percent < 9.95 && percent % 1 !== 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}
