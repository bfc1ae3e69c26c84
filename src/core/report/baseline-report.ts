import {
  DEFAULT_LIMITS,
  judgeComparison,
  type ProfileComparison,
  type RunComparison,
  type Standing,
} from '../derived/compare-runs.ts';
import {
  describeChanges,
  describeDifferences,
  nameStep,
  shortName,
} from '../derived/comparison-wording.ts';
import type { RunDerived } from '../derived/run-derived.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { RunSummary } from '../model/baseline.ts';
import type { BaselineReport } from '../model/report.ts';

/** How the run stands to its baseline; null where it has none. */
export function reportBaseline({
  baseline,
  comparison,
}: Pick<RunDerived, 'baseline' | 'comparison'>): BaselineReport | null {
  if (baseline === null) {
    return null;
  }
  const { name, files } = baseline;
  if (comparison === null) {
    return {
      name,
      files,
      standing: 'no-steps',
      text: explainNoSteps(baseline),
      how: null,
      stepNs: null,
      deltaNs: null,
      deltaPercent: null,
      pValue: null,
      parts: [],
      differences: [],
    };
  }
  const { standing, way } = judgeComparison(comparison, DEFAULT_LIMITS);
  return {
    name,
    files,
    standing,
    text: describe(comparison, way, standing),
    how: way.how,
    stepNs: Math.round(way.baseline.stepNs),
    deltaNs: Math.round(way.deltaNs),
    deltaPercent: way.deltaPercent,
    pValue: way.pValue,
    parts: way.changes.map(({ part, baselineNs, runNs, deltaNs }) => ({
      part,
      baselineNs: Math.round(baselineNs),
      runNs: Math.round(runNs),
      deltaNs: Math.round(deltaNs),
    })),
    differences: comparison.differences.map(({ text }) => text),
  };
}

function explainNoSteps({ name, hasSteps, typical }: RunSummary): string {
  const which = hasSteps && typical.stepNs > 0 ? 'This run' : shortName(name);
  return `${which} has no training steps, so there is nothing to compare: record both runs with steps.`;
}

function describe(comparison: RunComparison, way: ProfileComparison, standing: Standing): string {
  const { baseline } = comparison;
  const differs = `${formatPercent(Math.abs(way.deltaPercent))} ${way.deltaPercent > 0 ? 'slower' : 'faster'} than ${shortName(baseline.name)}`;
  const times = `${nameStep(way)} takes ${formatTime(way.run.stepNs)}, in the baseline ${formatTime(way.baseline.stepNs)}.`;
  return [
    `${sentenceOf(comparison, way, standing, differs)}.`,
    times,
    standing === 'slower' || standing === 'faster' ? describeChanges(way) : '',
    describeDifferences(comparison),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function sentenceOf(
  { run, baseline }: RunComparison,
  way: ProfileComparison,
  standing: Standing,
  differs: string,
): string {
  switch (standing) {
    case 'slower':
    case 'faster':
      return differs;
    case 'same':
      return Math.abs(way.deltaPercent) < DEFAULT_LIMITS.minimumPercent
        ? `As fast as ${shortName(baseline.name)}, to ${formatPercent(DEFAULT_LIMITS.minimumPercent)}`
        : `The steps vary too much to tell it from ${shortName(baseline.name)}`;
    case 'too-few-steps': {
      const count = Math.min(run.typical.valuesNs.length, baseline.typical.valuesNs.length);
      return `It could be ${differs}, but ${count} analyzed steps are too few to say`;
    }
  }
}
