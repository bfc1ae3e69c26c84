import { oncePerRank } from './analyzed-rank.ts';

/**
 * By span: its own phase, else that of the nearest enclosing span that has one,
 * else that of the host span that launched it.
 */
export const effectivePhases = oncePerRank(({ trace, tables }) => {
  const { phases, partner, nesting } = tables;
  const effective = Uint8Array.from(phases);
  for (let i = 0; i < effective.length; i++) {
    const parent = nesting.parent[i];
    if (effective[i] === 0 && parent >= 0) {
      effective[i] = effective[parent];
    }
  }
  for (const lane of trace.lanes) {
    if (lane.kind !== 'stream') {
      continue;
    }
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      if (effective[i] === 0 && partner[i] >= 0) {
        effective[i] = effective[partner[i]];
      }
    }
  }
  return effective;
});
