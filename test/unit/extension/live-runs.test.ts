import assert from 'node:assert/strict';
import { LiveRuns } from '../../../src/extension/runs/live-runs.ts';

function runs(count: number) {
  return Array.from({ length: count }, () => {
    const run = {
      holds: 0,
      rests: 0,
      rest: () => (run.rests += 1),
      hold: () => {
        run.holds += 1;
        return { dispose: () => (run.holds -= 1) };
      },
    };
    return run;
  });
}

describe('LiveRuns', () => {
  it('holds each run once, and so many at most', () => {
    const live = new LiveRuns();
    const all = runs(6);
    [...all, ...all].forEach((run) => live.touch(run));
    assert.deepEqual(
      all.map(({ holds }) => holds),
      [1, 1, 1, 1, 0, 0],
    );
    live.release(all[0]);
    live.release(all[5]);
    live.touch(all[4]);
    assert.deepEqual(
      all.map(({ holds }) => holds),
      [0, 1, 1, 1, 1, 0],
    );
    assert.equal(all[0].rests, 1);
    live.dispose();
    assert.deepEqual(
      all.map(({ holds }) => holds),
      [0, 0, 0, 0, 0, 0],
    );
  });
});
