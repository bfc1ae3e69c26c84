import type { Nanoseconds } from '../../model/units.ts';
import { mean } from '../statistics.ts';
import type { Pipeline } from './measure-pipeline.ts';
import { type Replay, replaySteps } from './replay.ts';

/** The mean step, replayed with the work of all stages spread evenly over them; NaN where nothing can be replayed. */
export function balancedStepNs(replay: Replay, { stages }: Pipeline): Nanoseconds {
  const even = mean(stages.map(({ computeNs }) => computeNs));
  const factors = new Map(stages.map(({ stage, computeNs }) => [stage, even / computeNs]));
  const durations = replay.durations.map((duration, i) => {
    const { kind, worker } = replay.operations[i];
    const isCompute = kind === 'forward-compute' || kind === 'backward-compute';
    return isCompute ? duration * (factors.get(worker.stage) ?? 1) : duration;
  });
  return mean(replaySteps(replay, durations));
}
