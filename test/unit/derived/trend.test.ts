import assert from 'node:assert/strict';
import { fitTrend } from '../../../src/core/derived/trend.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('the trend of values', () => {
  it('is the line that most of them lie on, whatever some do', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 + i / 2 + (i % 10 === 3 ? 500 : 0));
    const trend = fitTrend(values);
    assert.ok(trend !== null && Math.abs(trend.total - 49.5) < 0.5);
    assert.ok(Math.abs(trend.start - 100) < 1);
    assert.ok(Math.abs(trend.rise - 44.75) < 1, `${trend.rise}`);
    assert.equal(trend.levels.length, 10);
    assert.ok(Math.abs(trend.levels[9] - 147.25) < 1);
    assert.ok(trend.pValue < 1e-6);
  });

  it('is tested as Mann and Kendall do', () => {
    // Of 10 values 37 pairs rise and 8 fall: S = 29, which Kendall's table gives 0.0046 on each side.
    const trend = fitTrend([2, 1, 4, 3, 6, 5, 10, 8, 9, 7]);
    assert.ok(trend !== null && Math.abs(trend.pValue - 0.0092) < 0.0001, `${trend?.pValue}`);
    // Of 12 values in order all 66 pairs rise: the variance is 12 · 11 · 29 / 18 = 212.7, z = 65 / √212.7 = 4.457.
    const more = fitTrend([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.ok(more !== null && Math.abs(more.pValue / 8.3e-6 - 1) < 0.05, `${more?.pValue}`);
  });

  it('of few values is as probable as the orders that show as much', () => {
    // One order of 720 rises throughout, and one falls.
    assert.ok(Math.abs((fitTrend([1, 2, 3, 4, 5, 6])?.pValue ?? 1) - 2 / 720) < 1e-12);
    assert.equal(fitTrend([1, 3, 2])?.pValue, 1);
  });

  it('may begin late: then its rise says more than its slope', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 + Math.max(0, i - 70) + (i % 2));
    const trend = fitTrend(values);
    assert.ok(trend !== null && trend.start >= 100 && trend.start <= 101);
    assert.ok(Math.abs(trend.rise - 19.5) <= 1.5, `${trend.rise}`);
    assert.ok(trend.total < 10);
  });

  it('of a long series is that of its blocks', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 10_000 }, (_, i) => 100 + i / 1_000 + 4 * random());
    const trend = fitTrend(values);
    assert.ok(trend !== null && Math.abs(trend.total - 10) < 0.5, `${trend?.total}`);
  });

  it('is rarely sure in values that only vary, nor in those that wander a little', () => {
    const random = seededRandom(11);
    for (const likeness of [0, 0.6]) {
      let sure = 0;
      for (let trial = 0; trial < 300; trial++) {
        let last = 0;
        const values = Array.from({ length: 80 }, () => {
          last = likeness * last + random() - 0.5;
          return last;
        });
        sure += (fitTrend(values)?.pValue ?? 1) <= 0.01 ? 1 : 0;
      }
      assert.ok(sure <= 9, `${sure} of 300 at ${likeness}`);
    }
  });

  it('is as sure beside a few wild values in a row', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 62 }, (_, i) =>
      i >= 6 && i < 12 ? 1_200 + random() : 200 + 2 * i + random(),
    );
    assert.ok((fitTrend(values)?.pValue ?? 1) < 1e-4);
  });

  it('is none for two values', () => {
    assert.equal(fitTrend([1, 2]), null);
  });
});
