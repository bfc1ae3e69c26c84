import assert from 'node:assert/strict';
import type { TimelineStep } from '../../../src/core/model/timeline.ts';
import { layOutDistribution, percentileMarks } from '../../../webview/distribution/layout.ts';
import { placeLabels } from '../../../webview/distribution/place-labels.ts';
import { nearestStep } from '../../../webview/steps/nearest-step.ts';

describe('the distribution', () => {
  const stepTime = { p50Ns: 10, p95Ns: 12, p99Ns: 40, meanNs: 11, count: 100 };

  it('counts every value once and puts the percentiles on the same axis', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 99 ? 40 : 9 + (i % 4)));
    const { bars, marks, isLog } = layOutDistribution(values, stepTime, 240, 60);
    assert.equal(
      bars.reduce((sum, { count }) => sum + count, 0),
      100,
    );
    assert.equal(isLog, false);
    assert.ok(marks[0].x < marks[1].x && marks[1].x < marks[2].x);
    assert.ok(bars.every(({ x, width, height }) => x >= 0 && x + width <= 241 && height <= 60));
    for (const { count, fromNs, toNs } of bars) {
      const isLast = toNs >= 40;
      const within = values.filter((ns) => ns >= fromNs && (isLast ? ns <= toNs : ns < toNs));
      assert.equal(within.length, count);
    }
  });

  it('takes a logarithmic axis where one step takes far longer than the rest', () => {
    assert.equal(layOutDistribution([9, 10, 11, 500], stepTime, 240, 60).isLog, true);
  });

  it('marks p50, p95 and p99 with the times of the report', () => {
    assert.deepEqual(
      percentileMarks(stepTime).map(({ name, valueNs }) => `${name} ${valueNs}`),
      ['p50 10', 'p95 12', 'p99 40'],
    );
  });
});

describe('the labels of the percentiles', () => {
  it('stay within the picture and touch no other, wherever their marks are', () => {
    for (const xs of [
      [10, 120, 230],
      [118, 120, 122],
      [0, 0, 240],
      [100, 150, 160],
      [239, 240, 240],
    ]) {
      const labels = xs.map((x, i) => ({ x, width: 50 + 7 * i }));
      const boxes = placeLabels(labels, 240).map(({ left, row }, i) => {
        return { left, right: left + labels[i].width, row };
      });
      boxes.forEach((box, i) => {
        assert.ok(box.left >= 0 && box.right <= 240, `${xs.join()}: ${box.left} to ${box.right}`);
        for (const other of boxes.slice(i + 1)) {
          const isApart = box.right < other.left || other.right < box.left;
          assert.ok(box.row !== other.row || isApart, `${xs.join()} overlap`);
        }
      });
    }
  });

  it('share a row where there is room, their middle below their mark', () => {
    const labels = [20, 120, 220].map((x) => ({ x, width: 40 }));
    assert.deepEqual(placeLabels(labels, 240), [
      { left: 0, row: 0 },
      { left: 100, row: 0 },
      { left: 200, row: 0 },
    ]);
  });
});

describe('the step nearest to a time', () => {
  const step = (number: number, durationNs: number, isWarmup = false): TimelineStep => ({
    rank: 0,
    step: number,
    startNs: 0,
    durationNs,
    isWarmup,
  });

  it('is an analyzed one, the first of those as near', () => {
    const steps = [step(0, 20, true), step(1, 10), step(2, 24), step(3, 16)];
    assert.equal(nearestStep(steps, 20)?.step, 2);
    assert.equal(nearestStep(steps, 1e9)?.step, 2);
    assert.equal(nearestStep(steps, 0)?.step, 1);
    assert.equal(nearestStep([step(0, 20, true)], 20), null);
  });
});
