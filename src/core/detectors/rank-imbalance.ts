import { compareWork, type StepWork } from '../derived/rank-work.ts';
import { median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import { defineDetector, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  isExplainedByOthers,
  MAX_EVIDENCE,
  stepEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'work',
  'busy',
  'waiting',
  'steps',
  'analyzed',
  'medianStepNs',
  'alignment',
  'pipeline',
] as const;
type Name = (typeof NEEDS)[number];

export const rankImbalance = defineDetector({
  id: 'rank-imbalance',
  title: 'Ranks have uneven work',
  needs: NEEDS,
  options: {
    spreadPercent: {
      default: 10,
      description:
        'How much longer, in percent, the longest rank of a typical step must work than the median rank (nsys-ai).',
      minimum: 0,
      maximum: 1_000,
    },
    minimumPercent: {
      default: 2,
      description: 'Share of the step, in percent, that even work would save.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description: 'Share of the step, in percent, from which it is a warning (as straggler).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const { ranks, analyzed, medianStepNs } = tables;
    if (ranks.length < 2 || medianStepNs === 0 || !waitForEachOther(tables)) {
      return;
    }
    const steps = compareWork(
      ranks.map(({ row, tables: own }) => ({ tables: own, rows: analyzed[row].rows })),
    );
    if (steps.length === 0) {
      return;
    }
    const spread = 100 * median(steps.map((step) => step.spread));
    const waits = longestWaits(tables);
    const savingNsPerStep = Math.round(
      median(steps.map(({ step, lossNs }) => Math.min(lossNs, waits.get(step) ?? 0))),
    );
    const percent = (100 * savingNsPerStep) / medianStepNs;
    if (!(spread >= options.spreadPercent) || percent < options.minimumPercent) {
      return;
    }
    const isWarning = percent >= options.warningPercent && steps.length > 1;
    yield {
      title: 'Ranks have uneven work',
      pattern: 'resource-imbalance',
      layer: 'orchestration',
      severity: isWarning ? 'warning' : 'info',
      confidence: confidenceOf(steps.length),
      ranks: ranks.map(({ rank }) => rank),
      steps: steps.map(({ step }) => step),
      savingNsPerStep,
      savingHow:
        'In each step the work of the rank that works longest less the mean over ranks, but no more than ranks wait in collectives; the median over steps.',
      threshold: { name: 'spreadPercent', value: options.spreadPercent, measured: spread },
      evidence: evidenceOf(steps, tables),
      location: null,
      annotations: [],
      why: explain(steps, tables, { spread, savingNsPerStep, percent }),
      advice: ADVICE,
      claims: ranks.map(({ row, tables: own }) =>
        firstOfEachStep(own.waiting, own.steps, analyzed[row].rows, savingNsPerStep),
      ),
      generality: 1,
      reassess: (remaining) =>
        isExplainedByOthers(remaining, savingNsPerStep, medianStepNs) ? null : {},
    };
  },
});

const ADVICE = [
  {
    text: 'If batches differ in length: sort samples into buckets of like length, pack sequences, or fill batches by tokens rather than by samples.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#loading-batched-and-non-batched-data',
  },
  {
    text: 'If experts or shards differ: balance the router, or place tables and experts by what they cost.',
  },
  {
    text: 'Compare the longest and the shortest rank of one step on the timeline: the phase that differs tells which.',
  },
];

/** Stages of a pipeline differ by design, and send rather than meet. */
function waitForEachOther({ alignment, pipeline }: NeededTables<Name>): boolean {
  return pipeline === null && alignment.matches.some(({ key }) => !/sendrecv/.test(key));
}

/** By number of step: the most that any rank waits in it. It may be another rank in each step. */
function longestWaits({ ranks, analyzed }: NeededTables<Name>): ReadonlyMap<number, number> {
  const longest = new Map<number, number>();
  for (const { row, tables } of ranks) {
    const { rows } = analyzed[row];
    timePerStep(tables.waiting, tables.steps, rows).forEach((wait, i) => {
      const step = tables.steps.number[rows[i]];
      longest.set(step, Math.max(wait, longest.get(step) ?? 0));
    });
  }
  return longest;
}

function longestRow({ workNs }: StepWork): number {
  return workNs.indexOf(Math.max(...workNs));
}

function explain(
  steps: readonly StepWork[],
  { ranks }: NeededTables<Name>,
  {
    spread,
    savingNsPerStep,
    percent,
  }: { readonly spread: number; readonly savingNsPerStep: number; readonly percent: number },
): string {
  const longest = ranks.map((_, row) => steps.filter((step) => longestRow(step) === row).length);
  const most = longest.indexOf(Math.max(...longest));
  const share = formatPercent((100 * longest[most]) / steps.length);
  return `In a typical step the rank that works longest needs ${formatPercent(spread)} more than the median rank, and the others wait for it. ${nameRanks([ranks[most].rank]).replace(/^r/, 'R')} is that one in ${share} of the steps. Even work would save ${formatTime(savingNsPerStep)}, ${formatPercent(percent)} of the step.`;
}

/** The steps with most to gain, on the rank that works longest in each. */
function evidenceOf(
  steps: readonly StepWork[],
  { ranks, alignment }: NeededTables<Name>,
): ReturnType<typeof stepEvidence>[] {
  return [...steps]
    .sort((a, b) => b.lossNs - a.lossNs)
    .slice(0, MAX_EVIDENCE)
    .map((step) => {
      const rank = ranks[longestRow(step)];
      const row = rank.tables.steps.number.indexOf(step.step);
      return stepEvidence(evidenceSourceOf(rank, { alignment }), row);
    });
}
