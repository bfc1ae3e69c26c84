import { accumulateOnDevice } from './accumulate-on-device.ts';
import { autocast } from './autocast.ts';
import { cudnnBenchmark } from './cudnn-benchmark.ts';
import { dataParallel } from './data-parallel.ts';
import type { Fixer } from './fix.ts';
import { frameworkPrecision } from './framework-precision.ts';
import { logSeldom } from './log-seldom.ts';
import { noSync } from './no-sync.ts';
import { nonBlocking } from './non-blocking.ts';
import { numWorkers } from './num-workers.ts';
import { persistentWorkers } from './persistent-workers.ts';
import { pinMemory } from './pin-memory.ts';
import { prefetchFactor } from './prefetch-factor.ts';
import { setToNone } from './set-to-none.ts';
import { tf32 } from './tf32.ts';
import { trainerPinMemory } from './trainer-pin-memory.ts';
import { trainerWorkers } from './trainer-workers.ts';

/** Every fix, in the order in which they are offered: what helps most first. */
export const FIXERS: readonly Fixer[] = [
  numWorkers,
  trainerWorkers,
  persistentWorkers,
  pinMemory,
  trainerPinMemory,
  nonBlocking,
  prefetchFactor,
  accumulateOnDevice,
  logSeldom,
  autocast,
  frameworkPrecision,
  tf32,
  cudnnBenchmark,
  noSync,
  setToNone,
  dataParallel,
];
