import { toRunTime } from '../model/rank-clock.ts';
import type { Pipeline } from '../derived/pipeline/measure-pipeline.ts';
import { inSteps } from '../derived/time-budget.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import type { Evidence } from '../model/report.ts';
import { stepAt } from '../derived/step-windows.ts';
import { defineDetector, type NeededTables } from './detector.ts';
import { confidenceOf, MAX_EVIDENCE, severityOf } from './finding-draft.ts';

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

/** With so many micro-batches a stage, the bubble is negligible (GPipe, arXiv 1811.06965, section 2.2). */
const ENOUGH_MICRO_BATCHES = 4;

export const pipelineBubble = defineDetector({
  id: 'pipeline-bubble',
  title: 'The stages of the pipeline idle between micro-batches',
  needs: NEEDS,
  options: {
    idlePercent: {
      default: 20,
      description:
        'Share of the time from the first forward to the last backward, in percent, that ranks must compute nothing (GPipe: negligible from 4 micro-batches a stage on).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description:
        'Share of the step, in percent, lost beyond the ideal bubble of even stages, from which it is a warning (as for stragglers).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which such a loss is an error.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const { pipeline, balancedStepNs, whatIf } = tables;
    if (pipeline === null || whatIf === null) {
      return;
    }
    const { windowNs, computeNs, microBatches } = pipeline;
    const idlePercent = 100 * (1 - computeNs / windowNs);
    if (!(idlePercent >= options.idlePercent)) {
      return;
    }
    const ideal = idealShare(pipeline, microBatches);
    const unevenNs = Math.max(0, whatIf.replayedNs - (balancedStepNs ?? whatIf.replayedNs));
    const lostNs = Math.max(0, windowNs - unevenNs - computeNs / (1 - ideal));
    const percent = (100 * lostNs) / whatIf.recordedNs;
    const thresholds = {
      info: 0,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    yield {
      title: `The pipeline's ranks idle ${formatPercent(idlePercent)} of the time`,
      pattern: 'pipeline-stall',
      layer: 'orchestration',
      severity: severityOf(percent, thresholds, whatIf.steps) ?? 'info',
      confidence: confidenceOf(whatIf.steps),
      ranks: tables.ranks.map(({ rank }) => rank),
      steps: tables.operations.map(({ number }) => number),
      savingNsPerStep: Math.round(lostNs),
      savingHow:
        'What the pipeline takes beyond its ideal bubble, less what uneven stages cost. More micro-batches would save more.',
      threshold: { name: 'idlePercent', value: options.idlePercent, measured: idlePercent },
      evidence: evidenceOf(tables, pipeline),
      location: null,
      annotations: [],
      why: explain(pipeline, idlePercent, ideal) + promise(pipeline, whatIf.recordedNs),
      advice: ADVICE,
      generality: 1,
      claims: tables.ranks.map(({ row, tables: { steps } }) =>
        inSteps(pipeline.waits[row], steps, tables.analyzed[row].rows),
      ),
    };
  },
});

const ADVICE = [
  {
    text: 'Cut the batch into more micro-batches: the ideal bubble of p stages and m micro-batches is (p − 1) / (m + p − 1).',
    link: 'https://arxiv.org/abs/1811.06965',
  },
  {
    text: 'Interleave: several chunks of the model on each stage divide the bubble by their number (--num-layers-per-virtual-pipeline-stage in Megatron-LM).',
    link: 'https://arxiv.org/abs/2104.04473',
  },
  {
    text: 'Use fewer stages and more data ranks, if the memory allows.',
  },
];

/** Of the time of a pipeline whose stages are even and whose transfers take no time. */
function idealShare({ stages, chunks }: Pipeline, microBatches: number): number {
  return (stages.length - 1) / (chunks * microBatches + stages.length - 1);
}

function explain(pipeline: Pipeline, idlePercent: number, ideal: number): string {
  const { stages, microBatches, chunks } = pipeline;
  const interleaved = chunks === 1 ? '' : `, ${chunks} chunks on each`;
  return `From the first forward to the last backward of a step, ranks compute nothing during ${formatPercent(idlePercent)} of ${formatTime(pipeline.windowNs)}. With ${countOf(stages.length, 'stage')}${interleaved} and ${countOf(microBatches, 'micro-batch').replace(/hs$/, 'hes')}, the ideal schedule leaves ${formatPercent(100 * ideal)}.`;
}

/** What enough micro-batches would do, at most: smaller ones compute less efficiently. */
function promise(pipeline: Pipeline, recordedNs: number): string {
  const enough = ENOUGH_MICRO_BATCHES * pipeline.stages.length;
  if (pipeline.microBatches >= enough) {
    return '';
  }
  const shortest = pipeline.computeNs / (1 - idealShare(pipeline, enough));
  const stepNs = recordedNs - pipeline.windowNs + shortest;
  return ` With ${enough} micro-batches of the same batch, and even stages, a step could take ${formatTime(stepNs)} at best.`;
}

/** The longest waits of all ranks. */
function evidenceOf(tables: NeededTables<Name>, { waits }: Pipeline): Evidence[] {
  const longest = waits.flatMap(({ start, end }, row) =>
    [...start.keys()]
      .map((i) => ({ row, start: start[i], durationNs: end[i] - start[i] }))
      .sort((a, b) => b.durationNs - a.durationNs)
      .slice(0, MAX_EVIDENCE),
  );
  return longest
    .sort((a, b) => b.durationNs - a.durationNs)
    .slice(0, MAX_EVIDENCE)
    .map(({ row, start, durationNs }) => {
      const { rank, tables: own } = tables.ranks[row];
      const step = stepAt(own.steps, start);
      return {
        rank,
        lane: 'compute',
        name: 'wait for other stages',
        startNs: toRunTime(tables.alignment.clocks[row], start),
        durationNs,
        step: step < 0 ? null : own.steps.number[step],
      };
    });
}
