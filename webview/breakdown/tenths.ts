/** Shares of their sum in percent, rounded to tenths so that what is shown sums to 100 exactly. */
export function tenthsOf(shares: readonly number[]): readonly number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum <= 0) {
    return shares.map(() => 0);
  }
  const exact = shares.map((share) => (1000 * share) / sum);
  const tenths = exact.map(Math.floor);
  const left = 1000 - tenths.reduce((total, tenth) => total + tenth, 0);
  const byRemainder = exact
    .map((value, i) => ({ i, remainder: value - tenths[i] }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) {
    tenths[i]++;
  }
  return tenths.map((tenth) => tenth / 10);
}
