import assert from 'node:assert/strict';
import {
  countNear,
  countUpTo,
  Coverage,
  differenceOf,
  intersectionOf,
  type Intervals,
  lengthOf,
  uniteIntervals,
  unionOf,
} from '../../../src/core/derived/intervals.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const END = 60;

describe('intervals', () => {
  it('unite, intersect and subtract as a row of cells does', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 200; round++) {
      const [a, b] = [randomIntervals(random), randomIntervals(random)];
      const [cellsA, cellsB] = [cellsOf(a), cellsOf(b)];
      assert.deepEqual(
        cellsOf(unionOf(a, b)),
        cellsA.map((cell, i) => cell || cellsB[i]),
      );
      assert.deepEqual(
        cellsOf(intersectionOf(a, b)),
        cellsA.map((cell, i) => cell && cellsB[i]),
      );
      assert.deepEqual(
        cellsOf(differenceOf(a, b)),
        cellsA.map((cell, i) => cell && !cellsB[i]),
      );
      assert.equal(lengthOf(a), cellsA.filter(Boolean).length);
    }
  });

  it('are found from wherever the search begins', () => {
    const random = seededRandom(9);
    for (let round = 0; round < 200; round++) {
      const length = Math.floor(random() * 40);
      const ascending = Float64Array.from({ length }, () => Math.floor(random() * END)).sort();
      const limit = Math.floor(random() * (END + 2)) - 1;
      const near = Math.floor(random() * (length + 1));
      assert.equal(countNear(ascending, limit, near), countUpTo(ascending, limit));
    }
  });

  it('tell how much of a window they cover', () => {
    const random = seededRandom(8);
    for (let round = 0; round < 200; round++) {
      const intervals = randomIntervals(random);
      const [from, to] = [Math.floor(random() * END), Math.floor(random() * END)];
      const expected = cellsOf(intervals).filter((cell, i) => cell && i >= from && i < to).length;
      assert.equal(new Coverage(intervals).within(from, to), expected);
    }
  });

  it('are disjoint, and joined where they touch', () => {
    const { start, end } = uniteIntervals([5, 0, 3], [8, 3, 5]);
    assert.deepEqual([[...start], [...end]], [[0], [8]]);
  });
});

function randomIntervals(random: () => number): Intervals {
  const starts = Array.from({ length: 6 }, () => Math.floor(random() * END));
  return uniteIntervals(
    starts,
    starts.map((start) => Math.min(END, start + Math.floor(random() * 8))),
  );
}

function cellsOf(intervals: Intervals): boolean[] {
  const cells = Array.from({ length: END }, () => false);
  for (let i = 0; i < intervals.length; i++) {
    cells.fill(true, intervals.start[i], intervals.end[i]);
  }
  return cells;
}
