import { phaseIndex, type Phase } from '../model/phase.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import { countUpTo, uniteIntervals } from './intervals.ts';
import type { NamedParts } from './loop-named-parts.ts';
import { fillHoles, NO_PHASES } from './phase-intervals.ts';

const BACKWARD = phaseIndex('backward');
/** Where they overlap, the first wins. */
const ORDER: readonly Phase[] = ['optimizer', 'h2d', 'data', 'validation', 'backward', 'forward'];

/** Collects the parts of a loop; those that names tell by themselves are left out. */
export class LoopWindows {
  readonly #byPhase = new Map<number, { readonly starts: number[]; readonly ends: number[] }>();

  constructor(private readonly named: NamedParts) {}

  add(phase: number, start: number, end: number): void {
    if (end <= start || this.#isNamed(phase, start, end)) {
      return;
    }
    const known = this.#byPhase.get(phase) ?? { starts: [], ends: [] };
    known.starts.push(start);
    known.ends.push(end);
    this.#byPhase.set(phase, known);
  }

  finish(): PhaseIntervals {
    return ORDER.map(phaseIndex).reduce((filled, phase) => {
      const { starts, ends } = this.#byPhase.get(phase) ?? { starts: [], ends: [] };
      return fillHoles(filled, uniteIntervals(starts, ends), phase);
    }, NO_PHASES);
  }

  /** Names tell of parts of a backward pass wherever its operators do. */
  #isNamed(phase: number, start: number, end: number): boolean {
    const starts = this.named.starts.get(phase) ?? [];
    const next = starts[countUpTo(starts, start - 1)] as number | undefined;
    return phase !== BACKWARD && next !== undefined && next < end;
  }
}
