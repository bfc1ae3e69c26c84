/** What the timeline shows, in run time; see `alignment.ts` for ranks that are aligned. */
export interface TimeRange {
  readonly startNs: number;
  readonly endNs: number;
}

export function isSameRange(a: TimeRange, b: TimeRange): boolean {
  return a.startNs === b.startNs && a.endNs === b.endNs;
}

/** At least this long: recorders tell nanoseconds, and on a wide screen one is then some ten pixels. */
export const MIN_RANGE_NS = 200;

/** Moves and shrinks a range into the run; one that is too short grows around its middle. */
export function clampRange({ startNs, endNs }: TimeRange, whole: TimeRange): TimeRange {
  const most = Math.max(1, whole.endNs - whole.startNs);
  const length = Math.min(most, Math.max(MIN_RANGE_NS, endNs - startNs));
  const wanted = startNs - Math.max(0, length - (endNs - startNs)) / 2;
  const start = Math.min(Math.max(wanted, whole.startNs), whole.startNs + most - length);
  return { startNs: start, endNs: start + length };
}

/** `factor` below 1 comes nearer; the moment `anchorNs` stays where it is. */
export function zoomRange(range: TimeRange, factor: number, anchorNs: number): TimeRange {
  return {
    startNs: anchorNs - (anchorNs - range.startNs) * factor,
    endNs: anchorNs + (range.endNs - anchorNs) * factor,
  };
}

/** A share of the range to the right, or to the left where negative. */
export function panRange(range: TimeRange, share: number): TimeRange {
  const shift = (range.endNs - range.startNs) * share;
  return { startNs: range.startNs + shift, endNs: range.endNs + shift };
}

/** An interval with room on both sides. */
export function frameInterval(startNs: number, durationNs: number, marginShare = 0.25): TimeRange {
  const margin = Math.max(1, durationNs * marginShare);
  return { startNs: startNs - margin, endNs: startNs + durationNs + margin };
}
