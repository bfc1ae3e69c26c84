import type { GradientUpdate } from './gradient-updates.ts';
import { countUpTo } from './intervals.ts';
import type { RankCollective } from './rank-collectives.ts';
import { median } from './statistics.ts';

/** The last micro-step reduces all gradients; an earlier one with this share of them reduces all as well. */
const FULL_SHARE = 0.9;
/** Operations that reduce gradients; others gather parameters or exchange activations. */
const REDUCTION = /allreduce|reducescatter/;

/** How the micro-steps of gradient accumulation reduce. */
export interface MicroSteps {
  /** Updates of the optimizer with two or more micro-steps. */
  readonly updates: number;
  /** Micro-steps of a typical such update; 0 without any. */
  readonly perUpdate: number;
  /** Of these updates, those in which every micro-step reduces all gradients. */
  readonly fullUpdates: number;
  /** The reductions of all micro-steps but the last of such updates, in time order. */
  readonly needless: readonly RankCollective[];
}

/**
 * A reduction belongs to the backward pass that began last before the host asked for it. Groups of ranks that also
 * reduce between an update of the optimizer and the next backward pass exchange activations (tensor parallelism) or
 * parameters, and do not count.
 */
export function findMicroSteps(
  updates: readonly GradientUpdate[],
  collectives: readonly RankCollective[],
): MicroSteps {
  const reductions = collectives.filter(({ key }) => REDUCTION.test(key));
  const firsts = updates.map(({ passes }) => passes[0].start);
  const isBetween = (time: number): boolean => {
    const row = countUpTo(firsts, time) - 1;
    return row < 0 || time >= updates[row].end;
  };
  const otherKeys = new Set(
    reductions.filter(({ launchedAt }) => isBetween(launchedAt)).map(({ key }) => key),
  );
  const gradients = reductions
    .filter(({ key }) => !otherKeys.has(key))
    .sort((a, b) => a.launchedAt - b.launchedAt);
  const launches = gradients.map(({ launchedAt }) => launchedAt);
  const several = updates.filter(({ passes }) => passes.length > 1);
  const full = several
    .map(({ passes, end }) =>
      passes.map(({ start }, i) =>
        gradients.slice(
          countUpTo(launches, start),
          countUpTo(launches, i + 1 < passes.length ? passes[i + 1].start : end),
        ),
      ),
    )
    .filter((byPass) => isFull(byPass));
  return {
    updates: several.length,
    perUpdate: several.length === 0 ? 0 : median(several.map(({ passes }) => passes.length)),
    fullUpdates: full.length,
    needless: full.flatMap((byPass) => byPass.slice(0, -1).flat()),
  };
}

/** Whether every micro-step reduces as much as the last: in elements, or else in number. */
function isFull(byPass: readonly (readonly RankCollective[])[]): boolean {
  const isSized = byPass.flat().every(({ elements }) => elements >= 0);
  const sizes = byPass.map((list) =>
    isSized ? list.reduce((sum, { elements }) => sum + elements, 0) : list.length,
  );
  const last = sizes[sizes.length - 1];
  return last > 0 && sizes.every((size) => size >= FULL_SHARE * last);
}
