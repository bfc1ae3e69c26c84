import { twoSided } from './statistics.ts';

/**
 * How probable it is, two-sided, that values of one sort are so often above those of another (Mann and Whitney 1947):
 * by the normal distribution, with the correction for ties and for continuity. 1 where either has none.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const order = Array.from(all.keys()).sort((i, j) => all[i] - all[j]);
  let rankSum = 0;
  let ties = 0;
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && all[order[end]] === all[order[first]]) {
      end++;
    }
    const count = end - first;
    ties += count ** 3 - count;
    for (let i = first; i < end; i++) {
      rankSum += order[i] < a.length ? (first + 1 + end) / 2 : 0;
    }
    first = end;
  }
  const pairs = a.length * b.length;
  const above = rankSum - (a.length * (a.length + 1)) / 2;
  const total = all.length;
  const variance = (pairs / 12) * (total + 1 - ties / (total * (total - 1)));
  const distance = Math.max(0, Math.abs(above - pairs / 2) - 0.5);
  return variance > 0 ? twoSided(distance / Math.sqrt(variance)) : 1;
}
