import type { DecimalParts } from '../json/numbers.ts';

/** 52 days: what is farther from the first event is not of this recording, and would not be exact. */
const MAX_DISTANCE_NS = 2 ** 52;

/** So many events at most can have come before the first true one. */
const MAX_STRAY_EVENTS = 16;

/** Turns times into exact nanoseconds since the first of them. */
export class TimeBase {
  /** Microseconds on the file's clock; null before the first event. */
  originUs: number | null = null;
  #acceptedCount = 0;

  /** NaN if it is too far from the first event. */
  toNs(time: DecimalParts): number {
    this.originUs ??= time.whole;
    const ns = (time.whole - this.originUs) * 1000 + time.milli;
    if (!(Math.abs(ns) <= MAX_DISTANCE_NS)) {
      return NaN;
    }
    this.#acceptedCount++;
    return ns;
  }

  /** Events with a time so far. */
  get acceptedCount(): number {
    return this.#acceptedCount;
  }

  /** Whether the events before this one look like the strays, rather than this one. */
  get canRestart(): boolean {
    return this.#acceptedCount <= MAX_STRAY_EVENTS;
  }

  restart(): void {
    this.originUs = null;
    this.#acceptedCount = 0;
  }
}
