import { UsageError } from './exit-code.ts';

/** No job is larger; keeps `0-9999999999` from filling the memory. */
const MAX_RANK = 999_999;

/** Ranks out of words such as `0`, `0,3` and `4-7`; ascending, each once. Throws a {@link UsageError}. */
export function parseRanks(words: readonly string[]): readonly number[] {
  const ranks = new Set<number>();
  for (const part of words.flatMap((word) => word.split(','))) {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last > MAX_RANK) {
      throw new UsageError(
        `--rank takes ranks such as 0, 0,3 or 4-7, not ${JSON.stringify(part.slice(0, 40))}`,
      );
    }
    for (let rank = first; rank <= last; rank++) {
      ranks.add(rank);
    }
  }
  return [...ranks].sort((a, b) => a - b);
}
