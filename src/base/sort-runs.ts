/**
 * A stable merge sort of the runs that are in order already, without recursion: linear for one run. Sorts
 * `rows` from `first` to before `end`; `isAfter` says whether one row belongs behind another.
 */
export function sortRuns(
  rows: Uint32Array<ArrayBuffer>,
  isAfter: (a: number, b: number) => boolean,
  { first = 0, end = rows.length, scratch = new Uint32Array(rows.length) } = {},
): void {
  let bounds = findRuns(rows, first, end, isAfter);
  while (bounds.length > 2) {
    const merged = [first];
    for (let i = 0; i + 1 < bounds.length; i += 2) {
      const runEnd = bounds[Math.min(i + 2, bounds.length - 1)];
      mergeRuns(rows, scratch, [bounds[i], bounds[i + 1], runEnd], isAfter);
      merged.push(runEnd);
    }
    bounds = merged;
  }
}

/** The rows of `values` in their order; null where they ascend already. */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array<ArrayBuffer> | null {
  let isAscending = true;
  for (let i = 1; isAscending && i < values.length; i++) {
    isAscending = values[i - 1] <= values[i];
  }
  if (isAscending) {
    return null;
  }
  const rows = new Uint32Array(values.length);
  for (let i = 0; i < rows.length; i++) {
    rows[i] = i;
  }
  sortRuns(rows, (a, b) => values[a] > values[b]);
  return rows;
}

function findRuns(
  rows: Uint32Array,
  first: number,
  end: number,
  isAfter: (a: number, b: number) => boolean,
): number[] {
  const bounds = [first];
  for (let i = first + 1; i < end; i++) {
    if (isAfter(rows[i - 1], rows[i])) {
      bounds.push(i);
    }
  }
  if (end > first) {
    bounds.push(end);
  }
  return bounds;
}

function mergeRuns(
  rows: Uint32Array,
  scratch: Uint32Array,
  [start, middle, end]: readonly [number, number, number],
  isAfter: (a: number, b: number) => boolean,
): void {
  if (middle >= end || !isAfter(rows[middle - 1], rows[middle])) {
    return;
  }
  scratch.set(rows.subarray(start, middle), start);
  let left = start;
  let right = middle;
  let at = start;
  while (left < middle && right < end) {
    rows[at++] = isAfter(scratch[left], rows[right]) ? rows[right++] : scratch[left++];
  }
  rows.set(scratch.subarray(left, middle), at);
}
