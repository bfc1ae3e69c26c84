import { type Intervals, NO_INTERVALS, unionOf } from '../derived/intervals.ts';
import { mean, median, typicalTime } from '../derived/statistics.ts';
import { stepAt, timePerStep } from '../derived/step-windows.ts';
import { inSteps } from '../derived/time-budget.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import type { Turn } from '../derived/stream-turns.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  isExplainedByOthers,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'streamTurns',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankTurns {
  readonly rank: NeededRank<Name>;
  /** Of the analyzed steps. */
  readonly turns: readonly Turn[];
  /** Names of the streams that work, the busiest first. */
  readonly streams: readonly string[];
  /** Work of one stream that could lie beside that of another. */
  readonly hideable: Intervals;
  /** Time in which two or more work, of the time of all streams but the busiest. */
  readonly togetherPercent: number;
  readonly forcedPercent: number;
  readonly medianNs: number;
  readonly sharePercent: number;
}

/** A stream with less of the step is none that would be missed. */
const MIN_STREAM_SHARE = 0.01;
/** Turns that no call forces may be chance: this share must be forced. */
const MIN_FORCED_PERCENT = 50;

export const serialStreams = defineDetector({
  id: 'serial-streams',
  title: 'Streams take turns instead of working together',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that work must take that could lie beside that of another stream.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description: 'Share of the step, in percent, from which it is a warning.',
      minimum: 0,
      maximum: 100,
    },
    togetherPercent: {
      default: 5,
      description:
        'How much of their time, in percent, streams may work at the same time: more is some overlap.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = tables.ranks
      .map((rank) => turnsOf(rank, tables))
      .filter((turns) => turns !== null)
      .filter(
        ({ togetherPercent, forcedPercent }) =>
          togetherPercent < options.togetherPercent && forcedPercent >= MIN_FORCED_PERCENT,
      );
    const { medianStepNs, analyzed } = tables;
    if (found.length === 0 || found.length < tables.ranks.length / 2 || medianStepNs === 0) {
      return;
    }
    const percent = median(found.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.minimumPercent,
      warning: options.warningPercent,
      error: Infinity,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null) {
      return;
    }
    const worst = found.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const { rank, turns } = worst;
    const { steps } = rank.tables;
    const source = evidenceSourceOf(rank, tables);
    const forced = turns.filter(({ isForced }) => isForced);
    const savingNsPerStep = Math.round(median(found.map(({ medianNs }) => medianNs)));
    yield {
      title: 'Streams take turns instead of working together',
      pattern: 'hidden-serialization',
      layer: 'compute',
      severity,
      confidence: confidenceOf(stepCount) === 'high' ? 'medium' : confidenceOf(stepCount),
      ranks: found.map((one) => one.rank.rank),
      steps: analyzed[rank.row].rows.map((row) => steps.number[row]),
      savingNsPerStep,
      savingHow:
        'Of each two stretches of work between which one stream is made to wait for the other, the shorter one, as it could lie beside the longer; per analyzed step, the median over steps, then over ranks. Kernels that fill the GPU alone save less.',
      threshold: passedThreshold(percent, thresholds),
      evidence: forced.slice(0, MAX_EVIDENCE).map(({ span }) => spanEvidence(source, span)),
      ...placeOf(rank.tables.sourceOf(forced[0].span)),
      why: explain(worst, percent, savingNsPerStep),
      advice: ADVICE,
      claims: tables.ranks.map(
        ({ row }) => found.find((one) => one.rank.row === row)?.hideable ?? NO_INTERVALS,
      ),
      generality: 1,
      reassess: (remaining) =>
        isExplainedByOthers(remaining, savingNsPerStep, medianStepNs) ? null : {},
    };
  },
});

const ADVICE = [
  {
    text: 'Let streams wait by events for what they need, and no more: record an event after the work that matters rather than wait for a whole stream, and never synchronize the host between them.',
    link: 'https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-streams',
  },
  {
    text: 'Launch on both streams before waiting for either.',
    link: 'https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#streams',
  },
  {
    text: 'See that nothing runs on the legacy default stream in between: it waits for all others, and they for it.',
    link: 'https://docs.nvidia.com/cuda/cuda-runtime-api/stream-sync-behavior.html',
  },
];

function turnsOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankTurns | null {
  const { streamTurns, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const streams = streamTurns.streams
    .map(({ lane, busy }) => ({ lane, busy, times: timePerStep(busy, steps, rows) }))
    .filter(({ times }) => mean(times) >= MIN_STREAM_SHARE * mean(durations))
    .sort((a, b) => mean(b.times) - mean(a.times));
  const turns = streamTurns.turns.filter(({ span }) => {
    const step = stepAt(steps, rank.trace.spans.start[span]);
    return step >= 0 && steps.isWarmup[step] === 0;
  });
  if (streams.length < 2 || turns.length === 0) {
    return null;
  }
  const others = streams
    .slice(1)
    .reduce((all, { busy }) => unionOf(all, inSteps(busy, steps, rows)), NO_INTERVALS);
  const hideable = inSteps(streamTurns.hideable, steps, rows);
  const perStep = timePerStep(hideable, steps, rows);
  const together = timePerStep(streamTurns.together, steps, rows);
  return {
    rank,
    turns,
    streams: streams.map(({ lane }) => rank.trace.lanes[lane].name),
    hideable,
    togetherPercent: (100 * mean(together)) / mean(timePerStep(others, steps, rows)),
    forcedPercent: (100 * turns.filter(({ isForced }) => isForced).length) / turns.length,
    ...typicalTime(perStep, durations),
  };
}

function explain(
  { turns, streams, togetherPercent, forcedPercent }: RankTurns,
  percent: number,
  savingNs: number,
): string {
  return `${streams.slice(0, 3).join(' and ')} hardly ever work at the same time (${formatPercent(togetherPercent)} of the time of the lesser): work goes from one to the other ${countOf(turns.length, 'time')}, and in ${formatPercent(forcedPercent)} of them a call makes one wait for the other. Side by side, they would take less by ${formatTime(savingNs)}, ${formatPercent(percent)} of a typical step.`;
}
