import type { PhaseIntervals } from '../model/tables.ts';
import { intersectionOf, type Intervals, IntervalsBuilder } from './intervals.ts';

/** Collects phases in time order and joins neighbours of the same phase. */
export class PhaseIntervalsBuilder {
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #phase: number[] = [];

  add(start: number, end: number, phase: number): void {
    if (end <= start || phase === 0) {
      return;
    }
    const last = this.#end.length - 1;
    if (last >= 0 && this.#end[last] === start && this.#phase[last] === phase) {
      this.#end[last] = end;
      return;
    }
    this.#start.push(start);
    this.#end.push(end);
    this.#phase.push(phase);
  }

  finish(): PhaseIntervals {
    return {
      length: this.#start.length,
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
      phase: Uint8Array.from(this.#phase),
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
