import type { RunSummary, StepPart, StepProfile } from '../model/baseline.ts';
import type { Nanoseconds } from '../model/units.ts';
import { compareSetups, type Difference } from './compare-setups.ts';
import { mannWhitney } from './mann-whitney.ts';
import { medianAbsoluteDeviation } from './statistics.ts';

/** A smaller difference of the medians is none, however sure (DETECTORS.md, nsys-ai). */
const MIN_PERCENT = 2;
/** Of normal values, the standard deviation over the median absolute deviation. */
const SIGMA_OF_MAD = 1.4826;
const SIGMAS = 3;
/** From here on the median step, which is simpler, does not say how much slower a run is. */
const PACE_LEAD = 1.5;

export interface PartChange {
  readonly part: StepPart;
  readonly baselineNs: Nanoseconds;
  readonly runNs: Nanoseconds;
  readonly deltaNs: Nanoseconds;
}

/** A run beside its baseline; deltas are the run's time less the baseline's. */
export interface RunComparison {
  readonly baseline: RunSummary;
  readonly run: RunSummary;
  /** By the median step; where there are enough steps, by their pace over stretches as well. */
  readonly ways: readonly [ProfileComparison, ProfileComparison?];
  readonly differences: readonly Difference[];
}

/** Two steps in the same way of looking at them. */
export interface ProfileComparison {
  readonly how: 'median' | 'pace';
  readonly baseline: StepProfile;
  readonly run: StepProfile;
  readonly deltaNs: Nanoseconds;
  readonly deltaPercent: number;
  /** What the medians may differ by because steps vary, in percent of the baseline's; at least 2. */
  readonly noisePercent: number;
  /** How probable such a difference is between steps of one sort. */
  readonly pValue: number;
  /** They sum to `deltaNs`; what grew most comes first. */
  readonly changes: readonly PartChange[];
}

export type Standing = 'slower' | 'faster' | 'same' | 'too-few-steps';

export interface ComparisonLimits {
  readonly minimumPercent: number;
  readonly chancePercent: number;
  readonly minimumSteps: number;
}

export const DEFAULT_LIMITS: ComparisonLimits = {
  minimumPercent: 5,
  chancePercent: 1,
  minimumSteps: 8,
};

interface Judgment {
  readonly standing: Standing;
  readonly way: ProfileComparison;
}

/** Null where one of them has no steps. */
export function compareRuns(run: RunSummary, baseline: RunSummary): RunComparison | null {
  if (![run, baseline].every(({ hasSteps, typical }) => hasSteps && typical.stepNs > 0)) {
    return null;
  }
  const median = compareProfiles('median', run.typical, baseline.typical);
  return {
    baseline,
    run,
    ways:
      run.pace === null || baseline.pace === null
        ? [median]
        : [median, compareProfiles('pace', run.pace, baseline.pace)],
    differences: compareSetups(run, baseline),
  };
}

/** By the median step, unless only the pace differs, or differs far more. */
export function judgeComparison(
  { ways, run, baseline }: RunComparison,
  limits: ComparisonLimits,
): Judgment {
  const steps = Math.min(run.typical.valuesNs.length, baseline.typical.valuesNs.length);
  const judge = (way: ProfileComparison): Judgment => ({
    way,
    standing: standingOf(way, steps, limits),
  });
  const median = judge(ways[0]);
  const pace = ways[1] && judge(ways[1]);
  const leads =
    pace !== undefined &&
    pace.standing !== 'same' &&
    (median.standing === 'same' ||
      Math.abs(pace.way.deltaNs) >= PACE_LEAD * Math.abs(median.way.deltaNs));
  return leads ? pace : median;
}

function standingOf(
  { deltaPercent, noisePercent, pValue }: ProfileComparison,
  steps: number,
  limits: ComparisonLimits,
): Standing {
  if (Math.abs(deltaPercent) < limits.minimumPercent) {
    return 'same';
  }
  if (steps < limits.minimumSteps) {
    return 'too-few-steps';
  }
  const isSure = Math.abs(deltaPercent) > noisePercent && pValue < limits.chancePercent / 100;
  return !isSure ? 'same' : deltaPercent > 0 ? 'slower' : 'faster';
}

function compareProfiles(
  how: ProfileComparison['how'],
  run: StepProfile,
  baseline: StepProfile,
): ProfileComparison {
  const deltaNs = run.stepNs - baseline.stepNs;
  const noiseNs = SIGMAS * SIGMA_OF_MAD * Math.hypot(errorOf(run), errorOf(baseline));
  return {
    how,
    baseline,
    run,
    deltaNs,
    deltaPercent: (100 * deltaNs) / baseline.stepNs,
    noisePercent: Math.max(MIN_PERCENT, (100 * noiseNs) / baseline.stepNs),
    pValue: mannWhitney(run.valuesNs, baseline.valuesNs),
    changes: compareParts(run, baseline),
  };
}

/** What the median of the steps may be off by, up to a factor. */
function errorOf({ valuesNs }: StepProfile): number {
  return medianAbsoluteDeviation(valuesNs) / Math.sqrt(valuesNs.length);
}

function compareParts(run: StepProfile, baseline: StepProfile): readonly PartChange[] {
  const timeOf = ({ parts }: StepProfile, wanted: StepPart): Nanoseconds =>
    parts.find(({ part }) => part === wanted)?.timeNs ?? 0;
  const parts = new Set([...run.parts, ...baseline.parts].map(({ part }) => part));
  return [...parts]
    .map((part) => {
      const [runNs, baselineNs] = [timeOf(run, part), timeOf(baseline, part)];
      return { part, baselineNs, runNs, deltaNs: runNs - baselineNs };
    })
    .sort((a, b) => b.deltaNs - a.deltaNs);
}
