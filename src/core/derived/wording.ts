import type { Nanoseconds } from '../model/units.ts';

/** For people: three significant digits at most, with the unit. */
export function formatTime(ns: Nanoseconds): string {
  const magnitude = Math.abs(ns);
  if (magnitude < 1e3) {
    return `${Math.round(ns)} ns`;
  }
  if (magnitude < 1e6) {
    return `${digits(ns / 1e3)} µs`;
  }
  return magnitude < 1e9 ? `${digits(ns / 1e6)} ms` : `${digits(ns / 1e9)} s`;
}

/** For people: whole percents, a decimal below 10. */
export function formatPercent(percent: number): string {
  return `${Math.abs(percent) < 9.95 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)} %`;
}

const MAX_NAME_CHARACTERS = 60;

/** The name of a kernel without what it returns and the arguments of its template or call. */
export function shortKernelName(name: string): string {
  return name
    .replace(/^void /, '')
    .replaceAll('(anonymous namespace)::', '')
    .split(/[(<]/)[0]
    .slice(0, MAX_NAME_CHARACTERS);
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `rank 3`, or `ranks 0, 1 and 2`. */
export function nameRanks(ranks: readonly number[]): string {
  const shown = ranks.slice(0, 8).join(', ');
  const more = ranks.length > 8 ? ` and ${ranks.length - 8} more` : '';
  return `${ranks.length === 1 ? 'rank' : 'ranks'} ${shown}${more}`;
}

function digits(value: number): string {
  return Math.abs(value) < 9.995
    ? value.toFixed(2).replace(/\.?0+$/, '')
    : value.toFixed(Math.abs(value) < 99.95 ? 1 : 0);
}
