const UNITS = [
  { ns: 1e9, symbol: 's' },
  { ns: 1e6, symbol: 'ms' },
  { ns: 1e3, symbol: 'µs' },
  { ns: 1, symbol: 'ns' },
] as const;

/** A duration for people: three significant digits at most, a no-break space, `312 ms`. */
export function formatDuration(ns: number): string {
  const magnitude = Math.abs(ns);
  const unit = UNITS.find((candidate) => roundedTo3(magnitude) >= candidate.ns) ?? UNITS[3];
  return `${formatNumber(roundedTo3(ns) / unit.ns)}\u00a0${unit.symbol}`;
}

function roundedTo3(value: number): number {
  return Number(value.toPrecision(3));
}

/** Without trailing zeros and without an exponent. */
function formatNumber(value: number): string {
  return String(roundedTo3(value));
}
