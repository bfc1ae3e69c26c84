import type { StageTime } from '../derived/pipeline/measure-pipeline.ts';
import { type Intervals, NO_INTERVALS } from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededTables } from './detector.ts';
import {
  confidenceOf,
  MAX_EVIDENCE,
  passedThreshold,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'pipeline',
  'balancedStepNs',
  'whatIf',
  'operations',
  'analyzed',
  'alignment',
  'steps',
] as const;
type Name = (typeof NEEDS)[number];

/** A replay that misses the recorded steps by more says little of others. */
const MAX_REPLAY_ERROR = 0.03;

export const slowStage = defineDetector({
  id: 'slow-stage',
  title: 'One stage of the pipeline is too long',
  needs: NEEDS,
  options: {
    ratio: {
      default: 1.15,
      description:
        'How many times the compute of the median stage the longest stage must take (nsys-ai).',
      minimum: 1,
      maximum: 1_000,
    },
    warningPercent: {
      default: 5,
      description: 'Share of the step, in percent, that even stages must save (as for stragglers).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which a long stage is an error.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const { pipeline, balancedStepNs, whatIf } = tables;
    if (pipeline === null || balancedStepNs === null || whatIf === null) {
      return;
    }
    const longest = pipeline.stages.reduce((most, one) =>
      one.computeNs > most.computeNs ? one : most,
    );
    const ratio = ratioOf(longest, pipeline.stages);
    const savingNs = whatIf.replayedNs - balancedStepNs;
    const percent = (100 * savingNs) / whatIf.recordedNs;
    const thresholds = {
      info: options.warningPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const severity = severityOf(percent, thresholds, whatIf.steps);
    if (ratio < options.ratio || severity === null) {
      return;
    }
    const error = Math.abs(whatIf.replayedNs / whatIf.recordedNs - 1);
    const { microBatches } = pipeline;
    const isLast = longest === pipeline.stages[pipeline.stages.length - 1];
    const others = pipeline.stages.filter((stage) => stage !== longest);
    yield {
      title: `Stage ${longest.stage} of the pipeline takes ${ratio.toFixed(2)} times a typical one`,
      pattern: 'resource-imbalance',
      layer: 'compute',
      severity,
      confidence: error > MAX_REPLAY_ERROR ? 'low' : confidenceOf(whatIf.steps),
      ranks: longest.ranks,
      steps: tables.operations.map(({ number }) => number),
      savingNsPerStep: Math.round(savingNs),
      savingHow: `The steps replayed with their dependencies: ${formatTime(whatIf.replayedNs)} as recorded, ${formatTime(balancedStepNs)} with the same work spread evenly over the stages. The replay misses the recorded steps by ${formatPercent(100 * error)}.`,
      threshold: passedThreshold(percent, thresholds),
      evidence: evidenceOf(longest, tables),
      location: null,
      annotations: [],
      why: `Stage ${longest.stage}${isLast ? ', the last' : ''}, on ${nameRanks(longest.ranks)}, computes ${formatTime(longest.computeNs / microBatches)} for a micro-batch, the others ${formatTime(median(others.map(({ computeNs }) => computeNs)) / microBatches)}. The others wait for it with every micro-batch. If only its operations took what they take, and all others what is typical, steps would be ${whatIf.byStage[longest.stage].toFixed(2)} times as long as they could be.`,
      advice: ADVICE,
      claims: tables.ranks.map(({ row }) =>
        longest.ranks.includes(tables.ranks[row].rank)
          ? NO_INTERVALS
          : claimOf(row, savingNs, tables),
      ),
    };
  },
});

const ADVICE = [
  {
    text: 'Give the stage fewer layers: the last one computes the loss over the whole vocabulary as well, the first one the embedding.',
    link: 'https://arxiv.org/abs/2505.05713',
  },
  {
    text: 'In Megatron-LM, --decoder-last-pipeline-num-layers and --decoder-first-pipeline-num-layers set the layers of the outer stages; --account-for-loss-in-pipeline-split counts the loss as a layer.',
    link: 'https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/training/arguments.py',
  },
  {
    text: 'Split the output layer over more ranks, or compute the loss with a fused kernel.',
  },
];

function ratioOf({ computeNs }: StageTime, stages: readonly StageTime[]): number {
  return computeNs / median(stages.map((stage) => stage.computeNs));
}

/** Of each step, as much of the rank's waiting as the saving is long. */
function claimOf(row: number, savingNs: number, tables: NeededTables<Name>): Intervals {
  const waits = tables.pipeline?.waits[row] ?? NO_INTERVALS;
  const { steps } = tables.ranks[row].tables;
  return firstOfEachStep(waits, steps, tables.analyzed[row].rows, savingNs);
}

/** The long stage's operations of a step in the middle. */
function evidenceOf({ stage }: StageTime, tables: NeededTables<Name>): Evidence[] {
  const { operations, ranks, alignment } = tables;
  const { byWorker } = operations[operations.length >> 1];
  const computes = [...byWorker].flatMap(([worker, list]) =>
    worker.stage === stage ? list.filter(({ kind }) => kind.endsWith('-compute')) : [],
  );
  return computes.slice(0, MAX_EVIDENCE).map(({ worker: { row }, span }) => {
    const { rank, trace, tables: own } = ranks[row];
    const clock = alignment.clocks[row];
    return spanEvidence({ rank, trace, steps: own.steps, clock }, span);
  });
}
