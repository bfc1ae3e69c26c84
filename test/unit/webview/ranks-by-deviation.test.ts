import assert from 'node:assert/strict';
import type { TimelineStep } from '../../../src/core/model/timeline.ts';
import { ranksByDeviation } from '../../../webview/steps/ranks-by-deviation.ts';

/** Times in ms by rank, one a step; the first of `warmup` steps are the warm-up. */
function stepsOf(timesByRank: Readonly<Record<number, readonly number[]>>, warmup = 0) {
  return Object.entries(timesByRank).flatMap(([rank, times]) =>
    times.map((ms, step): TimelineStep => ({
      rank: Number(rank),
      step,
      startNs: step * 1e9,
      durationNs: ms * 1e6,
      isWarmup: step < warmup,
    })),
  );
}

describe('ranks by deviation', () => {
  it('puts the slowest against the others first, and those alike by number', () => {
    const steps = stepsOf({ 3: [100, 200], 1: [100, 200], 2: [100, 230], 0: [90, 200] });
    assert.deepEqual(ranksByDeviation(steps), [
      { rank: 2, meanNs: 15e6, percent: 10 },
      { rank: 1, meanNs: 0, percent: 0 },
      { rank: 3, meanNs: 0, percent: 0 },
      { rank: 0, meanNs: -5e6, percent: -10 / 3 },
    ]);
  });

  it('holds a rank against the others of the same step, so that a step slow on all counts for none', () => {
    const steps = stepsOf({ 0: [100, 900], 1: [100, 900], 2: [110, 900] });
    assert.deepEqual(
      ranksByDeviation(steps).map(({ rank, meanNs }) => [rank, meanNs]),
      [
        [2, 5e6],
        [0, 0],
        [1, 0],
      ],
    );
  });

  it('leaves the warm-up out, and knows ranks that have nothing else', () => {
    const steps = stepsOf({ 0: [9000, 100], 1: [100, 100], 2: [100, 130], 3: [100] }, 1);
    assert.deepEqual(
      ranksByDeviation(steps).map(({ rank, meanNs }) => [rank, meanNs]),
      [
        [2, 30e6],
        [0, 0],
        [1, 0],
        [3, 0],
      ],
    );
  });

  it('compares with all steps where no two ranks share a step number', () => {
    const own = stepsOf({ 0: [100, 100, 100] });
    const others = stepsOf({ 1: [130, 130, 130] }).map((s) => ({ ...s, step: s.step + 50 }));
    assert.deepEqual(
      ranksByDeviation([...own, ...others]).map(({ rank, meanNs }) => [rank, meanNs]),
      [
        [1, 15e6],
        [0, -15e6],
      ],
    );
    assert.deepEqual(ranksByDeviation([]), []);
  });

  it('does not count what ranks wait for each other, so that the late one is found', () => {
    const steps = stepsOf({ 0: [100, 120], 1: [100, 120], 2: [100, 120], 3: [100, 120] });
    const waits = new Map([
      [0, 30],
      [1, 30],
      [2, 5],
      [3, 40],
    ]);
    assert.deepEqual(
      ranksByDeviation(steps, waits).map(({ rank, meanNs }) => [rank, Math.round(meanNs)]),
      [
        [2, 110 * 0.25e6],
        [0, 0],
        [1, 0],
        [3, -110 * 0.1e6],
      ],
    );
  });
});
