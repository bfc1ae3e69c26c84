import assert from 'node:assert/strict';
import { histogramOf } from '../../../src/core/report/histogram.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('the histogram of a line', () => {
  it('counts each time once, in equal bins from the shortest to the longest', () => {
    const random = seededRandom(7);
    const values = Array.from({ length: 1000 }, () => Math.round(1e6 + random() * 5e6));
    const { fromNs, toNs, counts, above } = histogramOf(values) ?? assert.fail('no histogram');
    assert.equal(fromNs, Math.min(...values));
    assert.equal(toNs, Math.max(...values));
    assert.equal(above, 0);
    assert.equal(counts.length, 20);
    const width = (toNs - fromNs) / counts.length;
    const expected = counts.map(
      (_, bin) =>
        values.filter((value) => {
          const isLast = bin === counts.length - 1;
          const isBelow = isLast ? value <= toNs : value < fromNs + (bin + 1) * width;
          return value >= fromNs + bin * width && isBelow;
        }).length,
    );
    assert.deepEqual(counts, expected);
  });

  it('counts what is far out apart, so that the rest can be told apart', () => {
    const values = [...Array.from({ length: 99 }, (_, i) => 1000 + i), 1e9];
    const { toNs, counts, above } = histogramOf(values) ?? assert.fail('no histogram');
    assert.equal(above, 1);
    assert.ok(toNs < 1400, `${toNs}`);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      99,
    );
  });

  it('has one bin where all are alike, and is none for nothing', () => {
    assert.deepEqual(histogramOf([5, 5, 5]), { fromNs: 5, toNs: 5, counts: [3], above: 0 });
    assert.equal(histogramOf([]), null);
  });

  it('keeps a rare long time in the picture where most are alike', () => {
    const values = [...new Array<number>(99).fill(0), 7];
    const { toNs, counts, above } = histogramOf(values) ?? assert.fail('no histogram');
    assert.deepEqual([toNs, counts[0], counts.at(-1), above], [7, 99, 1, 0]);
  });
});
