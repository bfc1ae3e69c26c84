/** What the timeline shows, in run time. */
export interface TimeRange {
  readonly startNs: number;
  readonly endNs: number;
}

export function isSameRange(a: TimeRange, b: TimeRange): boolean {
  return a.startNs === b.startNs && a.endNs === b.endNs;
}

/** At least this long, so that a double can tell the ends apart. */
const MIN_RANGE_NS = 1;

/** Moves and shrinks a range into the run. */
export function clampRange({ startNs, endNs }: TimeRange, whole: TimeRange): TimeRange {
  const most = Math.max(MIN_RANGE_NS, whole.endNs - whole.startNs);
  const length = Math.min(most, Math.max(MIN_RANGE_NS, endNs - startNs));
  const start = Math.min(Math.max(startNs, whole.startNs), whole.startNs + most - length);
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
