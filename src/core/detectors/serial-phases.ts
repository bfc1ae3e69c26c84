import {
  differenceOf,
  intersectionOf,
  type Intervals,
  NO_INTERVALS,
} from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { stepAt, timePerStep } from '../derived/step-windows.ts';
import { inSteps } from '../derived/time-budget.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { Layer } from '../model/phase.ts';
import type { Advice } from '../model/report.ts';
import { DEVICE_CLASSES } from '../model/tables.ts';
import type { SpanIndex } from '../model/units.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  type FindingDraft,
  isExplainedByOthers,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'host',
  'work',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];
type Rank = NeededRank<Name>;

/** In `DeviceWork.classes`. */
const COPY = 1 + DEVICE_CLASSES.indexOf('copy');

/** Work on another resource than the device's compute. */
interface Phase {
  readonly title: string;
  /** As in `loading and computing take turns`. */
  readonly noun: string;
  readonly layer: Layer;
  readonly intervalsOf: (rank: Rank) => Intervals;
  readonly spansOf: (rank: Rank) => ArrayLike<SpanIndex>;
  readonly advice: Advice;
}

const PHASES: readonly Phase[] = [
  {
    title: 'Loading and computing take turns',
    noun: 'loading',
    layer: 'data',
    intervalsOf: ({ tables: { host } }) => host.data.intervals,
    spansOf: ({ tables: { host } }) => host.data.spans,
    advice: {
      text: 'Load the next batch while the GPU works on this one: worker processes (num_workers), or a thread that prefetches.',
      link: 'https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading',
    },
  },
  {
    title: 'Copying and computing take turns',
    noun: 'copying',
    layer: 'data',
    intervalsOf: ({ tables: { work } }) => work.copy,
    spansOf: ({ tables: { work } }) => work.order.filter((span) => work.classes[span] === COPY),
    advice: {
      text: 'Copy the next batch on a stream of its own while this one is computed: pin_memory=True, non_blocking=True, torch.cuda.stream().',
      link: 'https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html',
    },
  },
  {
    title: 'Saving, logging or validating and computing take turns',
    noun: 'saving, logging or validating',
    layer: 'orchestration',
    intervalsOf: ({ tables: { host } }) => host.service.intervals,
    spansOf: ({ tables: { host } }) => host.service.spans,
    advice: {
      text: 'Hand what is to be saved or logged to a thread of its own, and let training go on.',
      link: 'https://docs.pytorch.org/docs/stable/distributed.checkpoint.html',
    },
  },
];

interface Turns {
  readonly rank: Rank;
  /** The phase outside of compute, in analyzed steps. */
  readonly alone: Intervals;
  readonly phasePercent: number;
  readonly computePercent: number;
  /** By analyzed step, at most: of the shorter of the two. */
  readonly overlapPercent: number;
  readonly savingNs: number;
}

export const serialPhases = defineDetector({
  id: 'serial-phases',
  title: 'Two phases take turns that could overlap',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: 10,
      description: 'Share of the step, in percent, that both phases must take.',
      minimum: 0,
      maximum: 100,
    },
    overlapPercent: {
      default: 5,
      description:
        'How much of the shorter phase, in percent, may lie beside the other in any step: more is some overlap.',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 30,
      description: 'Share of the step, in percent, from which what overlap would save is an error.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const ranks = tables.ranks.filter(({ tables: { work } }) => work.compute.length > 0);
    if (ranks.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    for (const phase of PHASES) {
      const turns = ranks
        .map((rank) => turnsOf(rank, phase, tables))
        .filter((turn) => turn !== null);
      const isSerial = (turn: Turns): boolean =>
        turn.overlapPercent < options.overlapPercent &&
        Math.min(turn.phasePercent, turn.computePercent) >= options.minimumPercent;
      const serial = turns.filter(isSerial);
      if (serial.length > 0 && serial.length >= ranks.length / 2) {
        yield draft(phase, serial, tables, options);
      }
    }
  },
});

function draft(
  phase: Phase,
  serial: readonly Turns[],
  tables: NeededTables<Name>,
  options: { readonly minimumPercent: number; readonly errorPercent: number },
): FindingDraft {
  const { title, noun, layer, advice } = phase;
  const { medianStepNs, analyzed } = tables;
  const over = (key: Exclude<keyof Turns, 'rank' | 'alone'>): number =>
    median(serial.map((turn) => turn[key]));
  const worst = serial.reduce((most, one) => (one.savingNs > most.savingNs ? one : most));
  const { rank } = worst;
  const stepCount = Math.min(...analyzed.map(({ rows }) => rows.length));
  const savingNsPerStep = Math.round(over('savingNs'));
  const percent = Math.min(over('phasePercent'), over('computePercent'));
  const thresholds = {
    info: options.minimumPercent,
    warning: options.minimumPercent,
    error: options.errorPercent,
  };
  const longest = longestOf(rank, phase);
  const source = evidenceSourceOf(rank, tables);
  return {
    title,
    pattern: 'hidden-serialization',
    layer,
    severity: severityOf(percent, thresholds, stepCount) ?? 'info',
    confidence: confidenceOf(stepCount),
    ranks: serial.map((turn) => turn.rank.rank),
    steps: analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
    savingNsPerStep,
    savingHow:
      'The shorter of the two in each analyzed step, as far as nothing lies beside it: what perfect overlap saves; the median over steps, then over ranks.',
    threshold: {
      ...passedThreshold(percent, thresholds),
      name: 'minimumPercent',
      value: options.minimumPercent,
    },
    evidence: longest.map((span) => spanEvidence(source, span)),
    ...placeOf(rank.tables.sourceOf(longest[0])),
    why: `In no step do ${noun} and computing overlap, although they need different resources: ${noun} takes ${formatPercent(over('phasePercent'))} of a typical step and computing ${formatPercent(over('computePercent'))}. Overlap would save up to ${formatTime(savingNsPerStep)}.`,
    advice: [advice],
    claims: tables.ranks.map(
      ({ row }) => serial.find((turn) => turn.rank.row === row)?.alone ?? NO_INTERVALS,
    ),
    generality: 1,
    reassess: (remaining) =>
      isExplainedByOthers(remaining, savingNsPerStep, medianStepNs) ? null : {},
  };
}

/** Null where a step has none of the phase: then there is nothing that could overlap. */
function turnsOf(rank: Rank, phase: Phase, { analyzed }: NeededTables<Name>): Turns | null {
  const { steps, work } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const intervals = phase.intervalsOf(rank);
  const perStep = (part: Intervals): Float64Array => timePerStep(part, steps, rows);
  const own = perStep(intervals);
  const compute = perStep(work.compute);
  const shared = perStep(intersectionOf(intervals, work.compute));
  if (rows.length === 0 || own.every((time) => time === 0)) {
    return null;
  }
  const alone = inSteps(differenceOf(intervals, work.compute), steps, rows);
  const aloneNs = perStep(alone);
  const shareOf = (times: Float64Array): number =>
    median(times.map((time, i) => (100 * time) / durations[i]));
  return {
    rank,
    alone,
    phasePercent: shareOf(own),
    computePercent: shareOf(compute),
    overlapPercent: shared.reduce(
      (most, time, i) => Math.max(most, (100 * time) / Math.max(1, Math.min(own[i], compute[i]))),
      0,
    ),
    savingNs: median(aloneNs.map((time, i) => Math.min(time, compute[i]))),
  };
}

/** Of the analyzed steps. */
function longestOf(rank: Rank, phase: Phase): SpanIndex[] {
  const { spans } = rank.trace;
  const { steps } = rank.tables;
  return Array.from(phase.spansOf(rank))
    .filter((span) => {
      const step = stepAt(steps, spans.start[span]);
      return step >= 0 && steps.isWarmup[step] === 0;
    })
    .sort((a, b) => spans.duration[b] - spans.duration[a])
    .slice(0, MAX_EVIDENCE);
}
