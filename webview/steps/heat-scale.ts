import { interpolateRgb } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { HEAT_COLORS } from '../base/palette.ts';
import type { Theme } from '../base/theme.ts';

const mix = interpolateRgb(...HEAT_COLORS);
/** Whatever a run does: a step of twice the median is as hot as can be, one of 5 % more is not. */
const MAX_HOTTEST = 2;
const MIN_HOTTEST = 1.1;
const HOTTEST_PERCENTILE = 0.99;

/** The multiple of the median from which on a step is as hot as can be: where the slowest 1 % begin. */
export function hottestRatio(steps: readonly TimelineStep[], medianNs: Nanoseconds): number {
  const times = Float64Array.from(
    steps.filter(({ isWarmup }) => !isWarmup),
    ({ durationNs }) => durationNs,
  ).sort();
  const slow = times.at(Math.floor(HOTTEST_PERCENTILE * (times.length - 1))) ?? 0;
  return Math.min(MAX_HOTTEST, Math.max(MIN_HOTTEST, slow / Math.max(1, medianNs)));
}

/** Colors of steps by their time against the median; the same in the map and in the distribution. */
export class HeatScale {
  constructor(readonly hottest: number) {}

  color(ratio: number): string {
    return mix(this.#heat(ratio));
  }

  alpha(ratio: number, theme: Theme): number {
    return theme.isHighContrast ? 1 : 0.55 + 0.45 * this.#heat(ratio);
  }

  #heat(ratio: number): number {
    return Math.min(1, Math.max(0, (ratio - 1) / (this.hottest - 1)));
  }
}
