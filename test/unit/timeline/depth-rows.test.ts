import assert from 'node:assert/strict';
import { findRank } from '../../../src/core/timeline/analyzed-rank.ts';
import { depthRows } from '../../../src/core/timeline/depth-rows.ts';
import { LeastRecent } from '../../../src/core/timeline/least-recent.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('the spans of a lane by depth', () => {
  const spans = Array.from({ length: 300 }, (_, i) => ({
    name: `n${i}`,
    start: i * 100,
    duration: 1 + ((i * 37) % 90),
  }));
  const analysis = tellRun([{ lanes: [{ name: 'main', kind: 'thread', spans }] }]);
  const row = depthRows(findRank(analysis, 0)!, 0).rowAt(0);

  it('sum and compare any of them as one by one', () => {
    for (const [first, last] of [
      [0, 299],
      [0, 0],
      [31, 32],
      [32, 63],
      [5, 200],
      [64, 299],
    ]) {
      const durations = spans.slice(first, last + 1).map(({ duration }) => duration);
      assert.equal(
        row.timeOf(first, last),
        durations.reduce((sum, one) => sum + one, 0),
      );
      assert.equal(spans[row.longestOf(first, last)].duration, Math.max(...durations));
    }
  });
});

describe('entries within a budget', () => {
  it('leave when they were not used for longest', () => {
    const recent = new LeastRecent(100);
    const [a, b] = [new Map([[1, 'a1']]), new Map([[1, 'b1']])];
    recent.use(a, 1, 40);
    recent.use(b, 1, 40);
    recent.use(a, 1, 40);
    b.set(2, 'b2');
    recent.use(b, 2, 50);
    assert.deepEqual([[...a.keys()], [...b.keys()]], [[1], [2]]);
  });

  it('stay while they are the only one, however large', () => {
    const recent = new LeastRecent(100);
    const only = new Map([[7, 'x']]);
    recent.use(only, 7, 1000);
    assert.equal(only.size, 1);
  });
});
