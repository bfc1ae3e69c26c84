/**
 * How many of `width` cells each share gets; shares are percent, and shrink where they pass 100 together.
 * What is there at all gets a cell, so that a sliver is not lost; the largest gives it up.
 */
export function cellsOf(shares: readonly number[], width: number): readonly number[] {
  const total = sum(shares);
  const whole = Math.max(100, total);
  const cells = shares.map((share) =>
    share > 0 ? Math.max(1, Math.round((share / whole) * width)) : 0,
  );
  const surplus = sum(cells) - Math.round((total / whole) * width);
  const largest = cells.indexOf(Math.max(...cells));
  return cells.map((count, i) => (i === largest ? Math.max(0, count - surplus) : count));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
