import assert from 'node:assert/strict';
import { bucketOf, forEachBucketGroup } from '../../../src/core/timeline/bucket-groups.ts';
import type { PixelWindow } from '../../../src/core/timeline/pixel-groups.ts';

/** Intervals of 3 every 7, and a long one now and then. */
const intervals = Array.from({ length: 500 }, (_, i): [number, number] => [
  i * 7,
  i * 7 + (i % 50 === 0 ? 7 : 3),
]);
const sequence = {
  length: intervals.length,
  startOf: (i: number) => intervals[i][0],
  endOf: (i: number) => intervals[i][1],
};

function groupsOf(window: PixelWindow): [number, number][] {
  const groups: [number, number][] = [];
  forEachBucketGroup(sequence, window, (first, last) => groups.push([first, last]));
  return groups;
}

describe('groups by bucket', () => {
  it('have buckets of the power of two nearest to a pixel', () => {
    assert.deepEqual([1, 10, 12, 4000, 0.3].map(bucketOf), [1, 8, 16, 4096, 0.25]);
    assert.equal(bucketOf(0), 0, 'everything is wide where a pixel is no time');
  });

  it('hold each interval of the window once, those in a bucket together', () => {
    const groups = groupsOf({ startNs: 0, endNs: 3500, pixelNs: 30 });
    assert.deepEqual(
      groups.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      ),
      intervals.map((_, i) => i),
    );
    for (const [first, last] of groups) {
      const bucket = (i: number) => Math.floor(intervals[i][0] / 32);
      assert.equal(bucket(first), bucket(last));
    }
    assert.equal(groups.length, new Set(intervals.map(([start]) => Math.floor(start / 32))).size);
  });

  it('leave what is as long as a bucket alone', () => {
    const groups = groupsOf({ startNs: 0, endNs: 3500, pixelNs: 4 });
    assert.deepEqual(
      groups.filter(([first]) => first % 50 === 0).map(([first, last]) => last - first),
      Array.from({ length: 10 }, () => 0),
    );
  });

  it('are the same wherever the window begins', () => {
    const all = groupsOf({ startNs: 0, endNs: 3500, pixelNs: 30 }).map(String);
    for (const startNs of [500, 503, 517.5, 1024]) {
      const some = groupsOf({ startNs, endNs: startNs + 900, pixelNs: 33 }).map(String);
      assert.ok(some.length > 20);
      assert.deepEqual(
        some.slice(1).filter((group) => !all.includes(group)),
        [],
      );
    }
  });
});
