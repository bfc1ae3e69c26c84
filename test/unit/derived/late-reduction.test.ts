import assert from 'node:assert/strict';
import type { LateReduction } from '../../../src/core/derived/late-reduction.ts';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { computeTransferShare } from '../../../src/core/derived/transfer-share.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('reductions after the backward pass', () => {
  it('are told from those beside it, step by step', () => {
    const { communicationNs, overlappedNs, lateNs, backwardNs, late } = reductionOf(
      `
  main      F-----B------         O-
  main       l     ll     l
  stream 7   K---   K---
  stream 9            C--   C---`,
    );
    // From 10 to 13 ms, of which the kernel until 12 overlaps two, and from 16 to 20.
    assert.deepEqual([...communicationNs], [7e6, 7e6]);
    assert.deepEqual([...overlappedNs], [2e6, 2e6]);
    assert.deepEqual([...lateNs], [4e6, 4e6]);
    assert.deepEqual([...backwardNs], [4e6, 4e6]);
    assert.equal(late.length, 2);
  });

  it('can be hidden but for the last of each step, and one alone in pieces', () => {
    const two = reductionOf(`
      main      F-----B------            O-
      main       l     l      ll
      stream 7   K---   K---
      stream 9                C---  C----`);
    assert.deepEqual([...two.hideableIntervals.start], [14e6, 41e6]);
    assert.deepEqual([...two.hideableIntervals.end], [18e6, 45e6]);
    const one = reductionOf(`
      main      F-----B------         O-
      main       l     l      l
      stream 7   K---   K---
      stream 9                C-----`);
    assert.deepEqual(one.hideableIntervals, one.lateIntervals);
  });

  it('are none where the trace tells of no backward pass', () => {
    const { communicationNs, lateNs } = reductionOf(
      'main      l---l---\nstream 7  K---\nstream 9      C---',
    );
    assert.deepEqual([...communicationNs, ...lateNs], [0, 0, 0, 0]);
  });
});

describe('the share of transfer', () => {
  const match = (starts: readonly number[], end: number) => ({
    spans: Int32Array.from(starts, () => 0),
    start: Float64Array.from(starts),
    end: Float64Array.from(starts, () => end),
    step: 0,
    key: '',
  });

  it('is what the last rank to come needs, of all', () => {
    // The last needs 10 of 30, 20 and 10.
    assert.equal(computeTransferShare([match([0, 10, 20], 30)], 3, 3), 30 / 60);
  });

  it('is that of the typical step: in some all may wait long', () => {
    const usual = Array.from({ length: 5 }, (_, step) => ({ ...match([0, 10], 30), step }));
    const stalled = { ...match([0, 980], 1_000), step: 5 };
    assert.equal(computeTransferShare([...usual, stalled], 2, 2), 40 / 50);
  });

  it('cannot be told while ranks are missing', () => {
    assert.equal(computeTransferShare([match([0, 10], 30)], 2, 4), null);
    assert.equal(computeTransferShare([], 2, 2), null);
    assert.equal(computeTransferShare([], 1, 1), null);
  });
});

function reductionOf(drawing: string): LateReduction {
  return deriveRank(drawRun([drawing], { steps: 2 }).ranks[0]).lateReduction;
}
