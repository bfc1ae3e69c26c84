import type { RunDerived } from '../derived/run-derived.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { Finding, Report } from '../model/report.ts';

/** A job is slowed down by stragglers from here on (arXiv 2505.05713, section 4.1). */
const STRAGGLING = 1.1;

/** What a replay of the pipeline says of the run; null where there is none, or where other findings say more. */
export function judgePipeline(
  { pipeline, whatIf, balancedStepNs }: RunDerived,
  findings: readonly Finding[],
): Report['verdict'] | null {
  if (pipeline === null || whatIf === null || balancedStepNs === null) {
    return null;
  }
  const found = (id: string): Finding | undefined =>
    findings.find((finding) => finding.id === id && finding.severity !== 'info');
  const slow = found('slow-stage');
  const recorded = formatTime(whatIf.replayedNs);
  if (slow !== undefined) {
    return {
      kind: 'imbalanced',
      text: `${slow.title}, and the others wait for it: with even stages, a step would take ${formatTime(balancedStepNs)} instead of ${recorded}.`,
      sharePercent: slow.savingPercent,
    };
  }
  const lostPercent = 100 * (1 - whatIf.idealNs / whatIf.replayedNs);
  if (whatIf.slowdown >= STRAGGLING) {
    return {
      kind: 'imbalanced',
      text: `Some operations take longer than their like, and the ranks wait for them: if all took what is typical, a step would take ${formatTime(whatIf.idealNs)} instead of ${recorded}.`,
      sharePercent: lostPercent,
    };
  }
  const idlePercent = 100 * (1 - pipeline.computeNs / pipeline.windowNs);
  const bubble = found('pipeline-bubble');
  if (bubble !== undefined) {
    return {
      kind: 'imbalanced',
      text: `${bubble.title}, more than the schedule costs: the stages wait for each other.`,
      sharePercent: bubble.savingPercent,
    };
  }
  return findings.some(({ severity }) => severity !== 'info')
    ? null
    : {
        kind: 'balanced',
        text: `No bottleneck stands out: the stages of the pipeline are even, and its ranks idle ${formatPercent(idlePercent)} of the time, about what its schedule costs.`,
        sharePercent: 100 - idlePercent,
      };
}
