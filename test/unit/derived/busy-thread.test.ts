import assert from 'node:assert/strict';
import { observeThreads, type ThreadsInStretches } from '../../../src/core/derived/busy-thread.ts';
import type { Intervals } from '../../../src/core/derived/intervals.ts';
import { drawRun } from '../../support/draw-run.ts';

const STRETCH: Intervals = {
  length: 1,
  start: Float64Array.of(4e6),
  end: Float64Array.of(12e6),
};

describe('the threads of the host', () => {
  it('are told by what each works in the stretches, marks of steps aside', () => {
    const { busiest, waiting } = observe('main      F---        \nthread 2    p-------  ');
    assert.equal(busiest?.lane, 1);
    assert.equal(busiest.share, 6 / 8);
    assert.deepEqual(waiting, [0]);
  });

  it('do not work where a frame or a call waits', () => {
    const { busiest } = observe('main      P-----------\nmain          Y-----  ');
    assert.equal(busiest?.share, 2 / 8);
  });

  it('are no part of the training if they hardly work', () => {
    const { waiting } = observeThreads(
      drawRun(['main      F-----------\nthread 2  S']).ranks[0].trace,
      STRETCH,
      1e9,
    );
    assert.deepEqual(waiting, []);
  });
});

function observe(drawing: string): ThreadsInStretches {
  return observeThreads(drawRun([drawing]).ranks[0].trace, STRETCH, 12e6);
}
