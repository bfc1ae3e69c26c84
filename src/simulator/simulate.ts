import { Draws, PURPOSES } from './engine/draws.ts';
import type { StepEvents } from './engine/events.ts';
import { Recorder } from './engine/recorder.ts';
import { rerunRank, runRanks } from './engine/run-ranks.ts';
import { type Plan, planOf } from './program/plan.ts';
import { trainingLoop } from './program/training-loop.ts';
import type { SimulatedRun, TrueStepTime } from './simulated-run.ts';
import { requireValidConfig } from './require-valid-config.ts';
import type { SimulationConfig } from './simulation-config.ts';
import { tellTruth } from './tell-truth.ts';

/** Relative standard deviation of a transfer. */
const TRANSFER_DEVIATION = 0.04;

interface Played {
  readonly stepEnds: readonly Float64Array[];
  readonly collectiveEnds: Float64Array;
}

/** Simulates a run, once as it is and once without each of its troubles. Throws a RangeError for what cannot be. */
export function simulate(config: SimulationConfig, seed: number): SimulatedRun {
  requireValidConfig(config);
  const draws = new Draws(seed, config.noise);
  const { stepEnds, collectiveEnds } = play(planOf(config, new Set()), draws);
  const timeWithout = (rows: readonly number[]): TrueStepTime =>
    stepTimeOf(play(planOf(config, new Set(rows)), draws).stepEnds);
  return {
    config,
    seed,
    stepEnds,
    collectiveEnds,
    truth: tellTruth(config, draws, stepTimeOf(stepEnds), timeWithout),
  };
}

/** What a rank did, step by step; the first is what still ran on its device when the recording began. */
export function* eventsOf(
  { config, seed, collectiveEnds }: SimulatedRun,
  rank: number,
): Generator<StepEvents> {
  const finished: StepEvents[] = [];
  const loop = trainingLoop(
    planOf(config, new Set()),
    new Draws(seed, config.noise),
    rank,
    new Recorder(),
    {
      stepEnds: new Float64Array(config.steps),
      onStep: (events) => finished.push(events),
    },
  );
  const rerun = rerunRank(loop, collectiveEnds);
  while (rerun.next().done !== true) {
    yield* finished.splice(0);
  }
  yield* finished;
}

function play(plan: Plan, draws: Draws): Played {
  const { ranks, steps, communication } = plan.config;
  const stepEnds = Array.from({ length: ranks }, () => new Float64Array(steps));
  const loops = stepEnds.map((ends, rank) =>
    trainingLoop(plan, draws, rank, null, { stepEnds: ends, onStep: () => undefined }),
  );
  const collectiveEnds = runRanks(loops, (collective, bytes) => {
    const key = { rank: 0, step: 0, index: collective };
    const ringBytes = (2 * bytes * (ranks - 1)) / ranks;
    return (
      ((ringBytes / plan.linkBandwidth) * 1e9 + communication.latencyNs) *
      draws.factor(TRANSFER_DEVIATION, PURPOSES.collective, key)
    );
  });
  return { stepEnds, collectiveEnds };
}

function stepTimeOf(stepEnds: readonly Float64Array[]): TrueStepTime {
  const byRank = stepEnds.map((ends) => {
    const durations = ends.slice(1).map((end, i) => end - ends[i]);
    return {
      p50Ns: medianOf(durations),
      meanNs: (ends[ends.length - 1] - ends[0]) / Math.max(1, durations.length),
    };
  });
  return {
    p50Ns: medianOf(Float64Array.from(byRank, ({ p50Ns }) => p50Ns)),
    meanNs: medianOf(Float64Array.from(byRank, ({ meanNs }) => meanNs)),
  };
}

function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? 0 : (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
