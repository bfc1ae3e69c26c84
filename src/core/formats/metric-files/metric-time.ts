import { stampOf } from '../log-lines/log-line.ts';
import type { MetricClock } from '../../model/metrics.ts';
import { type MetricMapping, type TimeUnit, zoneMinutes } from './metric-mapping.ts';

/** A moment as a file tells it: microseconds of the clock. */
export interface MetricTime {
  readonly us: number;
  readonly clock: MetricClock;
}

/** Unix times lie between 2001 and 2286, in whichever unit. */
const MICROSECONDS: readonly (readonly [from: number, to: number, us: number])[] = [
  [1e9, 1e10, 1e6],
  [1e12, 1e13, 1e3],
  [1e15, 1e16, 1],
  [1e18, 1e19, 1e-3],
];

const US_IN: Readonly<Record<TimeUnit, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };

/** Microseconds since 1970; null for a number that cannot be that. */
export function unixUs(value: number): number | null {
  const range = MICROSECONDS.find(([from, to]) => value >= from && value < to);
  return range === undefined ? null : value * range[2];
}

const ZONE_AT_END = /(Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$/;

/** A number or a stamp; null for what is neither. */
export function readTime(text: string, mapping: MetricMapping | null): MetricTime | null {
  const trimmed = text.trim().slice(0, 40);
  return /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(trimmed)
    ? numberTime(Number(trimmed), mapping)
    : stampTime(trimmed, mapping);
}

function numberTime(value: number, mapping: MetricMapping | null): MetricTime | null {
  const unit = mapping?.timeUnit;
  const us = unit === undefined ? unixUs(value) : value * US_IN[unit];
  if (us === null) {
    return Number.isFinite(value) ? { us: value * 1e6, clock: 'start' } : null;
  }
  return Number.isFinite(us) ? { us, clock: us >= 1e15 && us < 1e16 ? 'unix' : 'start' } : null;
}

function stampTime(text: string, mapping: MetricMapping | null): MetricTime | null {
  const us = stampOf(text);
  if (us === null) {
    return null;
  }
  const own = ZONE_AT_END.exec(text)?.[1].replace(/UTC|GMT/, 'Z');
  const zone = own ?? mapping?.timeZone;
  const minutes = zone === undefined ? null : zoneMinutes(zone);
  return minutes === null ? { us, clock: 'wall' } : { us: us + minutes * 6e7, clock: 'unix' };
}
