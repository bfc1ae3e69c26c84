import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('the load of kernels', () => {
  it('counts launches a step, and the mean of kernels without copies', () => {
    const [rank] = drawRun(['main      l l m\nstream 7   K-K---M------'], { steps: 3 }).ranks;
    // Kernels of 2 and 4 ms; the copy is launched, but no kernel.
    assert.deepEqual(deriveRank(rank).kernelLoad, { launchesPerStep: 3, meanKernelNs: 3e6 });
  });

  it('leaves out the warm-up', () => {
    const [rank] = drawRun(
      [
        (step) =>
          step === 0 ? 'main      l\nstream 7  K------' : 'main      ll\nstream 7  K-K----',
      ],
      { steps: 8 },
    ).ranks;
    const { launchesPerStep, meanKernelNs } = deriveRank(rank).kernelLoad;
    assert.deepEqual([launchesPerStep, meanKernelNs], [2, 3.5e6]);
  });

  it('is nothing without a device', () => {
    const [rank] = drawRun(['main      F---'], { steps: 3 }).ranks;
    assert.deepEqual(deriveRank(rank).kernelLoad, { launchesPerStep: 0, meanKernelNs: 0 });
  });
});
