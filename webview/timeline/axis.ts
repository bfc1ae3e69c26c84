import { tickStep } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { axisUnit, formatNumber } from '../base/format.ts';
import type { TimeRange } from '../time-range.ts';

export interface AxisTick {
  readonly x: number;
  readonly text: string;
  /** Where its part ends. */
  readonly endX: number;
}

/** The times under the ruler, in CSS pixels. */
export interface TimeAxis {
  readonly ticks: readonly AxisTick[];
  /** What the ticks are to be added to, where whole times would be too long to read; else empty. */
  readonly base: string;
}

/** A stretch of the axis whose times count from one moment. */
export interface AxisPart extends TimeRange {
  readonly originNs: number;
  /** Before the base: `step 45`. */
  readonly name: string;
}

const TICK_SPACING_PX = 110;
/** Shorter times are written whole. */
const MAX_STEPS_WRITTEN = 100_000;
const NARROW_SPACE = '\u202f';

/** Times that count from the begin of their part; those with a sign count from something within the run. */
export function layOutAxis(
  parts: readonly AxisPart[],
  range: TimeRange,
  width: number,
  isSigned: boolean,
): TimeAxis {
  const length = range.endNs - range.startNs;
  const stepNs = Math.max(1, tickStep(0, length, Math.max(2, Math.floor(width / TICK_SPACING_PX))));
  const part = parts.at(0);
  const offset = part === undefined ? 0 : Math.max(part.startNs, range.startNs) - part.originNs;
  const isFar = parts.length === 1 && Math.abs(offset) > stepNs * MAX_STEPS_WRITTEN;
  const baseNs = isFar ? Math.floor(offset / (stepNs * 1_000)) * stepNs * 1_000 : 0;
  const ticks = parts.flatMap((each) =>
    ticksOf(each, range, { width, stepNs, baseNs, isSigned: isSigned || isFar }),
  );
  const name = part?.name ?? '';
  return { ticks, base: isFar ? `${name}${name === '' ? '' : ' + '}${exact(baseNs, stepNs)}` : '' };
}

function ticksOf(
  { originNs, startNs, endNs }: AxisPart,
  range: TimeRange,
  scale: { width: number; stepNs: number; baseNs: number; isSigned: boolean },
): readonly AxisTick[] {
  const { width, stepNs, baseNs, isSigned } = scale;
  const zeroNs = originNs + baseNs;
  const first = Math.ceil((Math.max(startNs, range.startNs) - zeroNs) / stepNs);
  const last = Math.floor((Math.min(endNs, range.endNs) - zeroNs) / stepNs);
  const farNs = Math.max(1, Math.abs(first), Math.abs(last)) * stepNs;
  const unit = axisUnit(farNs);
  const decimals = decimalsOf(stepNs / unit.ns);
  const xOf = (ns: number) => ((ns - range.startNs) / (range.endNs - range.startNs)) * width;
  const endX = Math.min(width, xOf(endNs));
  const ticks: AxisTick[] = [];
  for (let i = first; i <= last; i++) {
    const value = (i * stepNs) / unit.ns;
    const size = decimals > 0 ? Math.abs(value).toFixed(decimals) : formatNumber(Math.abs(value));
    const sign = value < 0 ? '\u2212' : value > 0 && isSigned ? '+' : '';
    const x = xOf(zeroNs + i * stepNs);
    ticks.push({ x, endX, text: `${sign}${size}${NARROW_SPACE}${unit.unit}` });
  }
  return ticks;
}

/** As many decimals as multiples of `stepNs` need. */
function exact(ns: number, stepNs: number): string {
  const unit = axisUnit(Math.abs(ns));
  const decimals = decimalsOf((stepNs * 1_000) / unit.ns);
  const size = decimals > 0 ? (ns / unit.ns).toFixed(decimals) : formatNumber(ns / unit.ns);
  return `${size}${NARROW_SPACE}${unit.unit}`;
}

function decimalsOf(step: number): number {
  return Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

/** What times count from. */
export type TimesSince = 'run' | 'step';

/** A shorter step has no room for times of its own. */
const MIN_PART_PX = 60;

/** The steps in view that have room for times; none where no step has. */
export function partsOfSteps(
  steps: readonly TimelineStep[],
  range: TimeRange,
  width: number,
): readonly AxisPart[] {
  const least = ((range.endNs - range.startNs) * MIN_PART_PX) / width;
  const parts: AxisPart[] = [];
  for (const { step, startNs, durationNs } of steps) {
    const endNs = startNs + durationNs;
    if (Math.min(endNs, range.endNs) - Math.max(startNs, range.startNs) >= least) {
      parts.push({ startNs, endNs, originNs: startNs, name: `step ${step}` });
    }
  }
  return parts;
}
