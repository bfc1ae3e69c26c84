import {
  DEFAULT_LIMITS,
  judgeComparison,
  type ProfileComparison,
  type RunComparison,
} from '../derived/compare-runs.ts';
import { differenceOf, type Intervals, NO_INTERVALS, unionOf } from '../derived/intervals.ts';
import { findPartSpan } from '../derived/part-span.ts';
import { intervalsByPhase } from '../derived/phase-times.ts';
import { firstOfEachStep, inSteps } from '../derived/time-budget.ts';
import {
  chanceOf,
  describeChanges,
  describeDifferences,
  namePart,
  nameStep,
  shortName,
} from '../derived/comparison-wording.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import type { StepPart } from '../model/baseline.ts';
import { type Layer, layerOf, phaseIndex } from '../model/phase.ts';
import type { Advice, Confidence, Severity } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  MAX_EVIDENCE,
  MIN_STEPS_TO_BE_SURE,
  placeOf,
  spanEvidence,
  stepEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'steps',
  'busy',
  'gaps',
  'loopPhases',
  'devicePhases',
  'phases',
  'mainLane',
  'sourceOf',
  'analyzed',
  'alignment',
  'comparison',
] as const;
type Name = (typeof NEEDS)[number];

/** Phases that grew by less than this share of the difference only vary. */
const MIN_SHARE = 0.1;

export const regression = defineDetector({
  id: 'regression',
  title: 'Slower than the baseline',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: DEFAULT_LIMITS.minimumPercent,
      description:
        'How much longer than the median step of the baseline, in percent, the median step must be (a drop of more than 5 % is a regression).',
      minimum: 0,
      maximum: 1_000,
    },
    errorPercent: {
      default: 20,
      description:
        'How much longer than the median step of the baseline, in percent, from which it is an error (as for waiting for data).',
      minimum: 0,
      maximum: 1_000,
    },
    chancePercent: {
      default: DEFAULT_LIMITS.chancePercent,
      description:
        'How probable, in percent, such a difference may at most be in steps of one sort (test of Mann and Whitney).',
      minimum: 0,
      maximum: 100,
    },
    minimumSteps: {
      default: DEFAULT_LIMITS.minimumSteps,
      description: 'Analyzed steps that each of the two runs must have (for the test).',
      minimum: 2,
      maximum: 100_000,
    },
  },

  *detect(tables, options) {
    const { comparison } = tables;
    const judged = comparison === null ? null : judgeComparison(comparison, options);
    if (comparison === null || judged?.standing !== 'slower') {
      return;
    }
    const { way } = judged;
    const { deltaPercent, deltaNs } = way;
    const { differences, baseline } = comparison;
    const isComparable = differences.every(({ isOfWork }) => !isOfWork);
    const isError = deltaPercent >= options.errorPercent;
    const [worst] = way.changes;
    const { rank, span } = whereIs(worst.part, tables);
    const { rows } = tables.analyzed[rank.row];
    const source = evidenceSourceOf(rank, tables);
    const severity: Severity = !isComparable ? 'info' : isError ? 'error' : 'warning';
    const claims = tables.ranks.map((one) => claimOf(one, way, tables.analyzed[one.row].rows));
    yield {
      title: `Slower than ${shortName(baseline.name)}: by ${formatPercent(deltaPercent)}`,
      pattern: 'regression',
      layer: layerOfPart(worst.part),
      severity,
      confidence: confidenceOf(comparison, isComparable),
      ranks: tables.ranks.map((one) => one.rank),
      steps: rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(deltaNs),
      savingHow:
        'The step less that of the baseline, as far as the findings that name a cause leave it, in the phases that take longer than in the baseline.',
      threshold: {
        name: isError ? 'errorPercent' : 'minimumPercent',
        value: isError ? options.errorPercent : options.minimumPercent,
        measured: deltaPercent,
      },
      evidence: [
        ...(span < 0 ? [] : [spanEvidence(source, span)]),
        ...mostTypical(rank, rows, way.run.stepNs).map((row) => stepEvidence(source, row)),
      ],
      ...placeOf(rank.tables.sourceOf(span)),
      why: explain(comparison, way),
      advice: adviceFor(comparison, worst.part, isComparable),
      repair: {
        condition: 'its phases took no longer than in the baseline',
        changes: [{ kind: 'cut', intervals: claims }],
      },
      claims,
      generality: 3,
    };
  },
});

function confidenceOf(
  { run, baseline, differences }: RunComparison,
  isComparable: boolean,
): Confidence {
  const steps = Math.min(run.typical.valuesNs.length, baseline.typical.valuesNs.length);
  return !isComparable
    ? 'low'
    : differences.length > 0 || steps < MIN_STEPS_TO_BE_SURE
      ? 'medium'
      : 'high';
}

function layerOfPart(part: StepPart): Layer {
  return part === 'idle' || part === 'unnamed' ? 'compute' : layerOf(part);
}

/** The first rank that has a span that stands for the part, and that span. */
function whereIs(
  part: StepPart,
  tables: NeededTables<Name>,
): { readonly rank: NeededRank<Name>; readonly span: number } {
  for (const rank of tables.ranks) {
    const { mainLane, steps, gaps, phases } = rank.tables;
    const span = findPartSpan(rank.trace, { mainLane, steps, gaps, own: phases.own }, part);
    if (span >= 0) {
      return { rank, span };
    }
  }
  return { rank: tables.ranks[0], span: -1 };
}

/** Rows of the steps nearest to the median, in order. */
function mostTypical(
  { tables: { steps } }: NeededRank<Name>,
  rows: readonly number[],
  medianStepNs: number,
): number[] {
  const distance = (row: number): number =>
    Math.abs(steps.end[row] - steps.start[row] - medianStepNs);
  return [...rows]
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, MAX_EVIDENCE / 2)
    .sort((a, b) => a - b);
}

/** Of each step longer than the baseline's, as much of what phases that grew take beyond what they take there. */
function claimOf(
  { tables }: NeededRank<Name>,
  { changes, baseline }: ProfileComparison,
  rows: readonly number[],
): Intervals {
  const byPhase = intervalsByPhase(tables);
  const least = MIN_SHARE * changes.reduce((sum, { deltaNs }) => sum + deltaNs, 0);
  const excess = changes
    .filter(({ part, deltaNs }) => deltaNs > least && part !== 'unnamed')
    .reduce((claim, { part, baselineNs }) => {
      const intervals = inSteps(
        byPhase[phaseIndex(part === 'idle' || part === 'unnamed' ? 'none' : part)],
        tables.steps,
        rows,
      );
      const usual = firstOfEachStep(intervals, tables.steps, rows, baselineNs);
      return unionOf(claim, differenceOf(intervals, usual));
    }, NO_INTERVALS);
  const { start, end } = tables.steps;
  return firstOfEachStep(excess, tables.steps, rows, (row) =>
    Math.max(0, end[row] - start[row] - baseline.stepNs),
  );
}

function explain(comparison: RunComparison, way: ProfileComparison): string {
  const { run, baseline } = comparison;
  const times = `${nameStep(way)} takes ${formatTime(way.run.stepNs)}, in ${shortName(baseline.name)} ${formatTime(way.baseline.stepNs)} (${countOf(run.typical.valuesNs.length, 'step')} and ${countOf(baseline.typical.valuesNs.length, 'step')}).`;
  const rare =
    way.how === 'pace'
      ? ` The median step alone differs by ${formatPercent(comparison.ways[0].deltaPercent)}: some of the steps are far slower.`
      : '';
  return [
    times + rare,
    `Up to ${formatPercent(way.noisePercent)} could come from steps that vary; the chance of this difference between steps of one sort is ${chanceOf(way)}.`,
    describeChanges(way),
    describeDifferences(comparison),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function adviceFor(
  { differences }: RunComparison,
  part: StepPart,
  isComparable: boolean,
): Advice[] {
  const look = {
    text: `Put a step of both runs beside each other and look at ${namePart(part)}; where another finding is about it, begin there.`,
  };
  if (!isComparable) {
    return [
      { text: 'Record a baseline with the same batch, ranks and recorder, then compare again.' },
      look,
    ];
  }
  return differences.length > 0
    ? [
        { text: 'Undo what was configured otherwise, one change at a time, and compare again.' },
        look,
      ]
    : [
        look,
        {
          text: 'Go through what has changed in the code, the libraries and the machine since the baseline; record three runs before you conclude.',
        },
      ];
}
