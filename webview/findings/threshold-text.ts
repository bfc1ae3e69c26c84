import type { Threshold } from '../../src/core/model/report.ts';
import { formatNumber, formatPercent } from '../base/format.ts';

/** What was measured and from where on it is reported, in the unit that the name of the setting ends with. */
export function thresholdText({ name, measured, value }: Threshold): string {
  return `${withUnit(name, measured)} measured, reported from ${withUnit(name, value)} (setting ${name})`;
}

function withUnit(name: string, value: number): string {
  if (name.endsWith('Percent')) {
    return formatPercent(value);
  }
  if (/ratio$/i.test(name)) {
    return `${value.toFixed(2)}×`;
  }
  if (name.endsWith('PerStep')) {
    return `${formatNumber(value)} a step`;
  }
  return name.endsWith('Steps') ? `${formatNumber(value)} median steps` : formatNumber(value);
}
