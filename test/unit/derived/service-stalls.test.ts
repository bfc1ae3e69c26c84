import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import type { ServiceStalls } from '../../../src/core/derived/service-stalls.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('the stalls for checkpoints, logs and validation', () => {
  it('are what the main thread spends, less the time in which the device works', () => {
    const { checkpoint, logging, validation } = stallsOf(`
      main      F-l---W-----L-V------
      stream 7       K---     K---
    `);
    assert.deepEqual([...checkpoint.stretches.intervals.start], [6e6]);
    assert.deepEqual([...checkpoint.stretches.intervals.end], [12e6]);
    assert.deepEqual([...checkpoint.idle.start], [9e6]);
    assert.deepEqual([...checkpoint.idle.end], [12e6]);
    assert.deepEqual([...logging.idle.start], [12e6]);
    assert.deepEqual([...validation.idle.start], [18e6]);
  });

  it('are none of another thread', () => {
    const { checkpoint } = stallsOf('main      F-----B-----\nthread 2    W-----');
    assert.equal(checkpoint.stretches.intervals.length, 0);
  });

  it('are no names that hold the training itself', () => {
    const { validation } = stallsOf('main      V-----------V---\nmain       F--B--O--');
    assert.deepEqual([...validation.stretches.intervals.start], [12e6]);
  });
});

function stallsOf(drawing: string): ServiceStalls {
  return deriveRank(drawRun([drawing]).ranks[0]).serviceStalls;
}
