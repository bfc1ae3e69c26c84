import { categoryIndex } from '../model/span-category.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import { median } from './statistics.ts';
import { analyzedSteps, stepAt } from './step-windows.ts';

const KERNEL = categoryIndex('kernel');

/** How finely a step is cut into work for the device. */
export interface KernelLoad {
  /** Calls of the host that put work on the device, median over the analysed steps. */
  readonly launchesPerStep: number;
  /** Of the kernels in analysed steps; 0 where there are none. */
  readonly meanKernelNs: Nanoseconds;
}

export function computeKernelLoad(
  { spans }: Trace,
  work: DeviceWork,
  partner: Int32Array,
  steps: Steps,
): KernelLoad {
  const launches = new Float64Array(steps.length);
  let kernels = 0;
  let time = 0;
  for (const i of work.order) {
    const step = stepAt(steps, spans.start[i]);
    if (spans.category[i] === KERNEL && step >= 0 && steps.isWarmup[step] === 0) {
      kernels++;
      time += spans.duration[i];
    }
    const launch = partner[i];
    const launchedIn =
      launch >= 0 && partner[launch] === i ? stepAt(steps, spans.start[launch]) : -1;
    if (launchedIn >= 0) {
      launches[launchedIn]++;
    }
  }
  const rows = analyzedSteps(steps);
  return {
    launchesPerStep: rows.length === 0 ? 0 : median(rows.map((row) => launches[row])),
    meanKernelNs: kernels === 0 ? 0 : time / kernels,
  };
}
