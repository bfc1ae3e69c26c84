const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';

/** A duration with its unit, two or three digits that matter, thousands apart: `312 ms`, `1 930 ms`. */
export function formatDuration(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) {
    return withUnit(ns, 'ns');
  }
  if (size < 999.5e3) {
    return withUnit(ns / 1e3, 'µs');
  }
  if (size < 9_999.5e6) {
    return withUnit(ns / 1e6, 'ms');
  }
  return size < 120e9 ? withUnit(ns / 1e9, 's') : withUnit(ns / 60e9, 'min');
}

function withUnit(value: number, unit: string): string {
  return `${formatNumber(value)}${NARROW_SPACE}${unit}`;
}

/** At most one decimal, and none from ten on; thousands set apart by a thin space. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) < 9.95 ? 1 : 0;
  const rounded = Math.abs(value).toFixed(digits).replace(/\.0$/, '');
  const grouped = rounded.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return value < 0 && rounded !== '0' ? MINUS + grouped : grouped;
}

export function formatPercent(percent: number): string {
  return `${formatNumber(percent)}${NARROW_SPACE}%`;
}

/** What a fix gives back. */
export function formatSaving(percent: number): string {
  return `${MINUS}${formatPercent(percent)}`;
}

/** `1 rank`, `4 ranks`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** The unit in which all of an axis that reaches to `ns` is written. */
export function axisUnit(ns: number): { readonly unit: string; readonly ns: number } {
  if (ns < 2e3) {
    return { unit: 'ns', ns: 1 };
  }
  if (ns < 2e6) {
    return { unit: 'µs', ns: 1e3 };
  }
  return ns < 10e9 ? { unit: 'ms', ns: 1e6 } : { unit: 's', ns: 1e9 };
}

/** Numbers of a sentence keep their units beside them at the end of a line. */
export function keepUnits(text: string): string {
  return text.replace(/(\d) (?=(?:%|ns|µs|ms|s|min)(?![\p{L}\d]))/gu, `$1${NARROW_SPACE}`);
}

export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
