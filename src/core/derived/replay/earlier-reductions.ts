import { phaseIndex } from '../../model/phase.ts';
import type { Steps } from '../../model/tables.ts';
import type { Trace } from '../../model/trace.ts';
import type { SpanIndex } from '../../model/units.ts';
import type { DeviceWork } from '../device-work.ts';
import type { LateReduction } from '../late-reduction.ts';
import type { PhaseColumns } from '../phases.ts';
import { stepBefore } from '../step-windows.ts';
import type { EarlierStart } from './repair.ts';

const BACKWARD = phaseIndex('backward');
const FORWARD = phaseIndex('forward');
const COMPUTE = 1;

interface Tables {
  readonly work: DeviceWork;
  readonly phases: PhaseColumns;
  readonly steps: Steps;
  readonly lateReduction: LateReduction;
}

/**
 * When the late reductions of each step could begin, if buckets of gradients were reduced as they are made: each
 * after its part of the last backward pass, as if all were of one size. Empty where most steps have only one, or no
 * device tells.
 */
export function findEarlierStarts(
  { spans }: Trace,
  { work, phases, steps, lateReduction }: Tables,
): EarlierStart[] {
  const late = rowsBy(lateReduction.late, ({ start }) => stepBefore(steps, start));
  const several = [...late.values()].filter(({ length }) => length > 1);
  if (several.length < late.size / 2) {
    return [];
  }
  const passes = lastBackwardPasses(work, phases, (kernel) =>
    stepBefore(steps, spans.start[kernel]),
  );
  return [...late].flatMap(([step, reductions]) => {
    const kernels = (passes.get(step) ?? []).filter(
      (kernel) => spans.start[kernel] + spans.duration[kernel] <= reductions[0].start,
    );
    return kernels.length === 0
      ? []
      : reductions.map(({ span }, i) => {
          const part = (i + 1) / reductions.length;
          const row = Math.max(0, Math.ceil(part * kernels.length) - 1);
          return { collective: span, after: kernels[row] };
        });
  });
}

/** By step: the compute of the backward pass after the last of the forward pass. */
function lastBackwardPasses(
  { order, classes }: DeviceWork,
  { own }: PhaseColumns,
  stepOf: (kernel: SpanIndex) => number,
): ReadonlyMap<number, SpanIndex[]> {
  const passes = new Map<number, SpanIndex[]>();
  for (const kernel of order) {
    if (classes[kernel] !== COMPUTE) {
      continue;
    }
    const step = stepOf(kernel);
    if (own[kernel] === FORWARD) {
      passes.set(step, []);
    } else if (own[kernel] === BACKWARD) {
      const pass = passes.get(step) ?? [];
      passes.set(step, pass);
      pass.push(kernel);
    }
  }
  return passes;
}

function rowsBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const own = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), own);
    own.push(item);
  }
  return groups;
}
