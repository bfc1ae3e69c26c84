import type { Trace } from '../model/trace.ts';
import type { LoopOperators } from './loop-operators.ts';
import { median } from './statistics.ts';

/** Forward passes without gradients are at least half of a training one. */
const MIN_PASS_SHARE = 0.5;
/** Fewer kinds of operators that usually do not come there, as of compiled models, are not recognized. */
const MIN_NAMES = 3;
/** What is usual between two backward passes is known from so many. */
const MIN_REGIONS = 3;

/** Rows of operators, half open. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/**
 * By region from a backward pass to the next forward pass: its operators from the first to the last beyond what
 * such regions usually have, where these make at least half a forward pass; null elsewhere. An evaluation in every region
 * is usual, and cannot be told so.
 */
export function findValidationPasses(
  trace: Trace,
  operators: LoopOperators,
  regions: readonly Rows[],
  forwards: readonly Rows[],
): (Rows | null)[] {
  if (regions.length < MIN_REGIONS || forwards.length === 0) {
    return regions.map(() => null);
  }
  const nameAt = (row: number): number => trace.spans.name[operators.span[row]];
  const forward = countNames(typicalOf(forwards), nameAt);
  const counts = regions.map((rows) => countNames(rows, nameAt));
  const usual = usualCounts(counts);
  const size = [...forward.values()].reduce((sum, count) => sum + count, 0);
  return regions.map((rows, i) => {
    const unusual = [...forward].filter(
      ([name]) => counts[i].has(name) && (usual.get(name) ?? 0) === 0,
    );
    const excess = unusual.reduce(
      (sum, [name, count]) => sum + Math.min(count, counts[i].get(name) ?? 0),
      0,
    );
    if (unusual.length < MIN_NAMES || excess < MIN_PASS_SHARE * size) {
      return null;
    }
    const isOfPass = (row: number): boolean => forward.has(nameAt(row));
    const backwards = { from: rows.end - 1, to: rows.first - 1, by: -1 };
    return {
      first: firstBeyond({ from: rows.first, to: rows.end, by: 1 }, usual, nameAt, isOfPass),
      end: firstBeyond(backwards, usual, nameAt, isOfPass) + 1,
    };
  });
}

function typicalOf(forwards: readonly Rows[]): Rows {
  const sorted = [...forwards].sort((a, b) => a.end - a.first - (b.end - b.first));
  return sorted[Math.floor(sorted.length / 2)];
}

function countNames({ first, end }: Rows, nameAt: (row: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let row = first; row < end; row++) {
    counts.set(nameAt(row), (counts.get(nameAt(row)) ?? 0) + 1);
  }
  return counts;
}

function usualCounts(counts: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const names = new Set(counts.flatMap((byName) => [...byName.keys()]));
  return new Map(
    [...names].map((name) => [name, median(counts.map((byName) => byName.get(name) ?? 0))]),
  );
}

/** The first row of a forward pass's operator beyond the usual count of its name; the last row where there is none. */
function firstBeyond(
  { from, to, by }: { readonly from: number; readonly to: number; readonly by: number },
  usual: ReadonlyMap<number, number>,
  nameAt: (row: number) => number,
  isOfPass: (row: number) => boolean,
): number {
  const left = new Map(usual);
  for (let row = from; row !== to; row += by) {
    const count = (left.get(nameAt(row)) ?? 0) - 1;
    left.set(nameAt(row), count);
    if (count < 0 && isOfPass(row)) {
      return row;
    }
  }
  return to - by;
}
