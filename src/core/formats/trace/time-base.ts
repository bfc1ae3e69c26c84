import type { DecimalParts } from '../json/numbers.ts';

/** 52 days: what is farther from the first event is not of this recording, and would not be exact. */
const MAX_DISTANCE_NS = 2 ** 52;

/** So many events at most can have come before the first true one. */
const MAX_STRAY_EVENTS = 16;

/** Turns times into exact nanoseconds since the first of them. */
export class TimeBase {
  /** Microseconds on the file's clock; null before the first event. */
  originUs: number | null = null;
  /** From the first event; `Infinity` where one was too far. */
  farthestNs = 0;
  #acceptedCount = 0;
  #shiftUs = 0;
  #shiftNs = 0;

  /** From here on, times count from a moment that is so much later. */
  shift(ns: bigint): void {
    this.#shiftUs = Number(ns / 1000n);
    this.#shiftNs = Number(ns % 1000n);
  }

  /** NaN if it is too far from the first event. */
  toNs(time: DecimalParts): number {
    const whole = time.whole + this.#shiftUs;
    this.originUs ??= whole;
    const ns = (whole - this.originUs) * 1000 + time.milli + this.#shiftNs;
    const distance = Math.abs(ns);
    if (!(distance <= MAX_DISTANCE_NS)) {
      this.farthestNs = Infinity;
      return NaN;
    }
    if (distance > this.farthestNs) {
      this.farthestNs = distance;
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

  /** Whether every event was near enough to the first. */
  get isWhole(): boolean {
    return this.farthestNs <= MAX_DISTANCE_NS;
  }

  /**
   * What is to be added to the times of another part of the file, by its own origin and its farthest
   * event; null where not all of its events are near enough to the first of these.
   */
  join(originUs: number | null, farthestNs: number): number | null {
    this.originUs ??= originUs;
    const shiftNs = originUs === null ? 0 : (originUs - (this.originUs ?? 0)) * 1000;
    return Math.abs(shiftNs) + farthestNs <= MAX_DISTANCE_NS ? shiftNs : null;
  }

  restart(): void {
    this.originUs = null;
    this.#acceptedCount = 0;
  }
}
