import type { Phase } from '../model/phase.ts';
import type { PythonCode } from './python-code.ts';
import { findTrainingLoops } from './training-loops.ts';

/** A recognized loop as far as lines are looked up in it. */
export interface LoopSites {
  readonly line: number;
  readonly isSure: boolean;
  /** The line to point at for a phase, from 1; a phase has one at most. */
  readonly phases: readonly { readonly phase: Phase; readonly line: number }[];
}

/** The loops of a file that train; those that only seem to are left out where others are sure. */
export function loopSitesOf(code: PythonCode): readonly LoopSites[] {
  const loops = findTrainingLoops(code).map(({ line, certainty, sites }) => ({
    line,
    isSure: certainty === 'sure',
    phases: sites
      .filter(({ isMain }) => isMain)
      .map((site) => ({ phase: site.phase, line: site.line })),
  }));
  const sure = loops.filter(({ isSure }) => isSure);
  return sure.length > 0 ? sure : loops;
}
