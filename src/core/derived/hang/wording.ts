import type { HungGroup, RankOperation } from './gather-groups.ts';

/** So many ranks are named, the rest is counted. */
const MAX_RANKS = 8;

/** `rank 3`, `ranks 0 to 2 and 7`, `ranks 1, 3, 5 and 12 more`. */
export function nameRanks(ranks: Iterable<number>): string {
  const sorted = [...new Set(ranks)].sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const rank of sorted) {
    const run = runs.at(-1);
    if (run?.last === rank - 1) {
      run.last = rank;
    } else {
      runs.push({ first: rank, last: rank });
    }
  }
  const parts = runs.flatMap(({ first, last }) =>
    last - first >= 2
      ? [`${first} to ${last}`]
      : last > first
        ? [`${first}`, `${last}`]
        : [`${first}`],
  );
  const shown = parts.slice(0, MAX_RANKS);
  const more = parts.length - shown.length;
  const tail = more > 0 ? `${more} more` : (shown.pop() ?? '');
  const list = shown.length === 0 ? tail : `${shown.join(', ')} and ${tail}`;
  return `${sorted.length === 1 ? 'rank' : 'ranks'} ${list}`;
}

export function nameGroup({ name, description }: Pick<HungGroup, 'name' | 'description'>): string {
  return description === '' || description === 'undefined'
    ? `process group ${name}`
    : `${description} (group ${name})`;
}

/** `the _all_gather_base of [4096, 1, 5120] BFloat16`. */
export function nameOperation({ operation }: RankOperation): string {
  const { name, inputSizes, inputTypes } = operation;
  const size =
    inputSizes === '' ? '' : ` of ${inputSizes}${inputTypes === '' ? '' : ` ${inputTypes}`}`;
  return `the ${name}${size}`;
}

export function nameNumber(sequence: number): string {
  return `number ${sequence.toLocaleString('en-US')}`;
}
