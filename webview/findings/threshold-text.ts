import type { Threshold } from '../../src/core/model/report.ts';
import { thresholdUnit } from '../../src/core/model/threshold-unit.ts';
import { formatNumber, formatPercent } from '../base/format.ts';

/** What was measured and from where on it is reported, in the unit that the name of the setting ends with. */
export function thresholdText({ name, measured, value }: Threshold): string {
  return `${withUnit(name, measured)} measured, reported from ${withUnit(name, value)} (setting ${name})`;
}

function withUnit(name: string, value: number): string {
  switch (thresholdUnit(name)) {
    case 'percent':
      return formatPercent(value);
    case 'ratio':
      return `${value.toFixed(2)}×`;
    case 'per-step':
      return `${formatNumber(value)} a step`;
    case 'median-steps':
      return `${formatNumber(value)} median steps`;
    case 'number':
      return formatNumber(value);
  }
}
