import { phaseIndex } from '../model/phase.ts';
import type { PhaseIntervals, Steps } from '../model/tables.ts';

const BACKWARD = phaseIndex('backward');
const OPTIMIZER = phaseIndex('optimizer');
/** What begins the next micro-step. */
const BEGINS = new Set([
  phaseIndex('forward'),
  phaseIndex('loss'),
  phaseIndex('data'),
  phaseIndex('h2d'),
]);

/** One backward pass of the training loop. Times are the trace's. */
export interface BackwardPass {
  readonly start: number;
  readonly end: number;
}

/** The passes that accumulate gradients for one step of the optimizer. */
export interface GradientUpdate {
  readonly passes: readonly BackwardPass[];
  /** When the optimizer begins; the end of the step where nothing tells of an optimizer. */
  readonly end: number;
}

/** In time order. Where nothing tells of an optimizer, the passes of one training step belong together. */
export function listGradientUpdates(hostPhases: PhaseIntervals, steps: Steps): GradientUpdate[] {
  const passes = listPasses(hostPhases);
  const ends = hostPhases.phase.includes(OPTIMIZER)
    ? optimizerStarts(hostPhases)
    : Array.from(steps.end);
  const updates: GradientUpdate[] = [];
  let next = 0;
  for (const end of [...ends, Infinity]) {
    const first = next;
    while (next < passes.length && passes[next].start < end) {
      next++;
    }
    if (next > first) {
      updates.push({ passes: passes.slice(first, next), end });
    }
  }
  return updates;
}

function listPasses(hostPhases: PhaseIntervals): BackwardPass[] {
  const passes: BackwardPass[] = [];
  let isOpen = false;
  for (let i = 0; i < hostPhases.length; i++) {
    const end = hostPhases.end[i];
    const phase = hostPhases.phase[i];
    if (phase === BACKWARD) {
      const start = isOpen ? passes[passes.length - 1].start : hostPhases.start[i];
      passes.splice(isOpen ? passes.length - 1 : passes.length, 1, { start, end });
      isOpen = true;
    } else if (phase === OPTIMIZER || BEGINS.has(phase)) {
      isOpen = false;
    }
  }
  return passes;
}

function optimizerStarts({ phase, start }: PhaseIntervals): number[] {
  return Array.from(start).filter((_, i) => phase[i] === OPTIMIZER);
}
