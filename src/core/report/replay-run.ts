import { buildStepGraph } from '../derived/replay/step-graph.ts';
import { StepReplay } from '../derived/replay/step-replay.ts';
import type { RunDerived } from '../derived/run-derived.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import type { FindingWhatIf, ReplayCheck } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';

/** A replay that is further off than this does not tell what a fix saves. */
const MAX_ERROR_PERCENT = 3;
/** Savings of less than this share of the step are not worth a sentence. */
const MIN_SHARE = 0.005;

export interface RunReplay {
  readonly check: ReplayCheck;
  /** Null where it does not give the recorded steps. */
  readonly replay: StepReplay | null;
}

/** Plays the analysed steps again, and says how well that gives what was recorded. */
export function replayRun({ ranks, alignment, analyzed }: RunDerived): RunReplay {
  const graph = buildStepGraph(ranks, alignment);
  if ('reason' in graph) {
    return { check: notReplayed(graph.reason), replay: null };
  }
  const replay = new StepReplay(graph, analyzed);
  const { errorPercent, stepCount } = replay;
  const isUsed = errorPercent <= MAX_ERROR_PERCENT;
  const check: ReplayCheck = {
    isUsed,
    reason: isUsed
      ? null
      : stepCount === 0
        ? 'There are no analyzed steps in it.'
        : `The replay of the unchanged steps is ${formatPercent(errorPercent)} off, more than ${MAX_ERROR_PERCENT} %.`,
    steps: stepCount,
    recordedNs: stepCount === 0 ? null : Math.round(replay.recordedNs),
    replayedNs: stepCount === 0 ? null : Math.round(replay.replayedNs),
    errorPercent: stepCount === 0 ? null : errorPercent,
  };
  return { check, replay: isUsed ? replay : null };
}

function notReplayed(reason: string): ReplayCheck {
  return {
    isUsed: false,
    reason,
    steps: 0,
    recordedNs: null,
    replayedNs: null,
    errorPercent: null,
  };
}

/** Null where hardly anything is saved. `savedNs` is of each step. */
export function sayWhatIf(
  condition: string,
  savedNs: Nanoseconds,
  { recordedNs }: StepReplay,
): FindingWhatIf | null {
  const stepNs = Math.round(recordedNs - savedNs);
  if (savedNs < MIN_SHARE * recordedNs || stepNs <= 0) {
    return null;
  }
  const speedup = recordedNs / stepNs;
  return {
    stepNs,
    speedup,
    text: `If ${condition}, the mean step would take ${formatTime(stepNs)} instead of ${formatTime(recordedNs)}: ${formatSpeedup(speedup)} as fast.`,
  };
}

function formatSpeedup(speedup: number): string {
  return `${speedup.toFixed(speedup < 1.095 ? 2 : 1)}×`;
}

export function explainReplayedSaving(condition: string, { stepCount }: StepReplay): string {
  return `A replay of ${countOf(stepCount, 'analyzed step')} with the dependencies between host, device and ranks, in which ${condition}; less what the findings that come first save already. Mean over steps, then over ranks.`;
}
