import type { CounterUnit } from '../../src/core/model/counter.ts';
import { formatNumber, formatPercent } from '../base/format.ts';

const NARROW_SPACE = '\u202f';
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `power.draw [W]`: the name says the unit, as tables do. */
const UNIT_IN_NAME = /\[([^[\]]{1,12})\]$/;

/** A value of a counter with its unit. */
export function formatCounter(
  value: number,
  { unit, name }: { readonly unit: CounterUnit; readonly name: string },
): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'percent':
      return formatPercent(value);
    case 'fraction':
      return formatPercent(100 * value);
    case 'plain': {
      const own = UNIT_IN_NAME.exec(name)?.[1];
      const text = Math.abs(value) >= 100 ? formatNumber(value) : threeDigits(value);
      return own === undefined ? text : `${text}${NARROW_SPACE}${own}`;
    }
  }
}

/** In thousands, as disks and network links are counted. */
function formatBytes(bytes: number): string {
  let size = bytes;
  let i = 0;
  while (Math.abs(size) >= 999.5 && i < BYTE_UNITS.length - 1) {
    size /= 1_000;
    i++;
  }
  return `${formatNumber(size)}${NARROW_SPACE}${BYTE_UNITS[i]}`;
}

/** What small values say is in their decimals. */
function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '\u2212');
}
