import type { DurationHistogram } from '../../src/core/model/timeline.ts';

export interface DurationBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly isMarked: boolean;
}

/** A bar a bin that has any, the tallest the fullest; the one with `markedNs` is marked. */
export function layOutDurations(
  { leastNs, mostNs, counts }: DurationHistogram,
  markedNs: number | null,
  width: number,
  height: number,
): readonly DurationBar[] {
  const most = counts.reduce((max, count) => Math.max(max, count), 1);
  const pitch = width / Math.max(1, counts.length);
  const marked = markedNs === null ? -1 : binOf(markedNs, leastNs, mostNs, counts.length);
  return counts.flatMap((count, bin) =>
    count === 0
      ? []
      : [
          {
            x: bin * pitch,
            width: Math.max(1, pitch - 1),
            height: Math.max(2, (count / most) * height),
            isMarked: bin === marked,
          },
        ],
  );
}

function binOf(ns: number, leastNs: number, mostNs: number, bins: number): number {
  if (mostNs <= leastNs) {
    return 0;
  }
  const share = Math.log(Math.max(leastNs, ns) / leastNs) / Math.log(mostNs / leastNs);
  return Math.min(bins - 1, Math.floor(share * bins));
}
