import assert from 'node:assert/strict';
import { drawCase } from '../../score/draw-case.ts';
import { runCase } from '../../score/run-case.ts';

/** Draws of the score whose trouble was once missed, and why. */
const MISSED = {
  540287470: 'the loaders of both ranks are slow, and one sets the pace',
  540287415: 'one rank alone waits for its loader, every fourth step',
  540287078: 'every fifth step rank 0 writes a checkpoint, without a name for it',
  540287532: 'checkpoints of rank 0 among late batches',
  900129: 'the host of every rank is slow, and the others wait for one of them in collectives',
  900160: 'the loaders of all ranks are busy all the time, and one alone waits',
  412000024: 'a function that grows with every step, and its line',
  412000423: 'late batches of one rank, in clusters',
  20080: 'the device, far behind, hides the loading of nine steps in ten',
};

describe('what the score missed before', function () {
  this.timeout(60_000);

  for (const [seed, what] of Object.entries(MISSED)) {
    it(`is found: ${what}`, async () => {
      const result = await runCase(drawCase(Number(seed)));
      assert.ok(result !== null);
      for (const { kind, isFound, isRightRank, isRightLine } of result.troubles) {
        assert.ok(isFound, `${kind} is not among the first`);
        assert.notEqual(isRightRank, false, `${kind}: wrong rank`);
        assert.notEqual(isRightLine, false, `${kind}: wrong line`);
      }
    });
  }
});
