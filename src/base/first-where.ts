/** The first row in [low, high) for which `holds`, given that it holds for all after; `high` if none. */
export function firstWhere(low: number, high: number, holds: (row: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
