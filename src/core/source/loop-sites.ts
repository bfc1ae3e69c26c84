import type { Phase } from '../model/phase.ts';
import type { CodePlace, PythonSource } from './python-source.ts';
import { findTrainingLoops } from './training-loops.ts';

/** Of a recognized loop the line to point at for a phase; a phase has one at most. */
export interface LoopSites {
  readonly phases: readonly PhasePlace[];
}

export interface PhasePlace extends CodePlace {
  readonly phase: Phase;
}

/** The loops of a file that train; those that only seem to are left out where others are sure. */
export function loopSitesOf({ code, placeOf }: PythonSource): readonly LoopSites[] {
  const loops = findTrainingLoops(code);
  const sure = loops.filter(({ certainty }) => certainty === 'sure');
  return (sure.length > 0 ? sure : loops).map(({ sites }) => ({
    phases: sites
      .filter(({ isMain }) => isMain)
      .map(({ phase, line }) => ({ phase, ...placeOf(line) })),
  }));
}
