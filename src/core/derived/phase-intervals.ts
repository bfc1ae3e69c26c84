import { float64Column, uint8Column } from '../../base/columns.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import { intersectionOf, type Intervals, IntervalsBuilder } from './intervals.ts';

/** Collects phases in time order and joins neighbours of the same phase. */
export class PhaseIntervalsBuilder {
  readonly #start = float64Column();
  readonly #end = float64Column();
  readonly #phase = uint8Column();
  #lastEnd = -Infinity;
  #lastPhase = 0;

  add(start: number, end: number, phase: number): void {
    if (end <= start || phase === 0) {
      return;
    }
    if (this.#lastEnd === start && this.#lastPhase === phase) {
      this.#end.set(this.#end.length - 1, end);
    } else {
      this.#start.push(start);
      this.#end.push(end);
      this.#phase.push(phase);
    }
    this.#lastEnd = end;
    this.#lastPhase = phase;
  }

  /** Once; the builder is empty then. */
  finish(): PhaseIntervals {
    const { length } = this.#start;
    return {
      length,
      start: this.#start.take(),
      end: this.#end.take(),
      phase: this.#phase.take(),
    };
  }
}

export const NO_PHASES: PhaseIntervals = new PhaseIntervalsBuilder().finish();

/** `own`, and the phase in those parts of the windows where `own` has none. */
export function fillHoles(own: PhaseIntervals, windows: Intervals, phase: number): PhaseIntervals {
  if (windows.length === 0) {
    return own;
  }
  const holes = new IntervalsBuilder();
  let until = -Infinity;
  for (let i = 0; i < own.length; i++) {
    holes.add(until, own.start[i]);
    until = own.end[i];
  }
  holes.add(until, Infinity);
  const filled = intersectionOf(holes.finish(), windows);
  const merged = new PhaseIntervalsBuilder();
  let j = 0;
  for (let i = 0; i <= own.length; i++) {
    const start = own.start[i] ?? Infinity;
    while (j < filled.length && filled.start[j] < start) {
      merged.add(filled.start[j], filled.end[j], phase);
      j++;
    }
    if (i < own.length) {
      merged.add(start, own.end[i], own.phase[i]);
    }
  }
  return merged.finish();
}

export function intervalsOfPhase(
  { length, start, end, phase }: PhaseIntervals,
  wanted: number,
): Intervals {
  const builder = new IntervalsBuilder();
  for (let i = 0; i < length; i++) {
    if (phase[i] === wanted) {
      builder.add(start[i], end[i]);
    }
  }
  return builder.finish();
}
