/** Ascending ranks, neighbours joined: `0–3, 6`. */
export function formatRanks(ranks: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < ranks.length; i++) {
    const first = ranks[i] ?? 0;
    let last = first;
    while (ranks[i + 1] === last + 1) {
      i++;
      last++;
    }
    parts.push(last === first ? String(first) : `${first}${last > first + 1 ? '–' : ', '}${last}`);
  }
  return parts.join(', ');
}
