import assert from 'node:assert/strict';
import { computeBatchWaits, type RankBatches } from '../../../src/core/derived/batch-waits.ts';

describe('the wait for batches', () => {
  it('is that of the typical step where it is steady', () => {
    const waits = computeBatchWaits([rank(() => 30), rank(() => 20)], true);
    assert.equal(waits.isBursty, false);
    assert.deepEqual(waits.typical, { medianNs: 25, sharePercent: 25 });
    assert.deepEqual(
      waits.byRank.map(({ medianNs }) => medianNs),
      [30, 20],
    );
    assert.deepEqual(waits.waiting, [0, 1]);
    assert.equal(waits.isOfOneRank, false);
  });

  it('is the mean over steps in a row where workers bring their batches together', () => {
    const waits = computeBatchWaits([rank((step) => (step % 4 === 0 ? 40 : 0))], false);
    assert.equal(waits.isBursty, true);
    assert.deepEqual(waits.typical, { medianNs: 10, sharePercent: 10 });
  });

  it('is that of the rank that waits longest in each step, where the others wait for it', () => {
    const early = rank((step) => (step % 8 === 0 ? 80 : 0));
    const late = rank((step) => (step % 8 === 2 ? 40 : 0));
    const none = rank(() => 0);
    const ranks = [none, early, none, late, none];
    assert.deepEqual(computeBatchWaits(ranks, true).typical, { medianNs: 15, sharePercent: 15 });
    assert.deepEqual(computeBatchWaits(ranks, true).waiting, [1, 3]);
    // Each on its own: most stretches are of ranks that never wait.
    assert.deepEqual(computeBatchWaits(ranks, false).typical, { medianNs: 0, sharePercent: 0 });
  });

  it('comes in bursts although some rank waits in most steps', () => {
    const ranks = [0, 1, 2].map((at) =>
      rank((step) => (step % 3 === at && at < 2 ? 30 + 30 * at : 0)),
    );
    const waits = computeBatchWaits(ranks, true);
    assert.equal(waits.isBursty, true);
    assert.ok(Math.abs(waits.typical.medianNs - 30) < 4, `${waits.typical.medianNs}`);
    // One that always waits longer than the others is no burst.
    const steady = computeBatchWaits([rank(() => 40), rank(() => 5), rank(() => 5)], true);
    assert.equal(steady.isBursty, false);
  });

  it('is of one rank where the others never wait for theirs', () => {
    const ranks = [rank(() => 0.1), rank((step) => (step % 4 === 0 ? 40 : 0.1))];
    assert.equal(computeBatchWaits(ranks, true).isOfOneRank, true);
    assert.equal(computeBatchWaits(ranks, false).isOfOneRank, false);
    const late = rank((step) => (step === 3 || step === 7 ? 11 : 0.1));
    const often = rank((step) => (step % 4 === 0 ? 90 : 0.1));
    assert.deepEqual(computeBatchWaits([late, often], true).waiting, [0, 1]);
    const busy = { ...rank(() => 0.1), areWorkersBusy: true };
    assert.deepEqual(computeBatchWaits([busy, ranks[1]], true).waiting, [0, 1]);
    const clustered = rank((step) => (step % 8 === 0 && step > 12 && step < 36 ? 90 : 0.1));
    assert.equal(computeBatchWaits([rank(() => 0.1), clustered], true).isOfOneRank, false);
    const few = [rank(() => 0.1), rank((step) => (step === 5 || step === 9 ? 40 : 0.1))];
    assert.equal(computeBatchWaits(few, true).isOfOneRank, false);
  });

  it('of a loop that loads by itself comes in bursts only where the device hides it', () => {
    const hidden = (step: number): number => (step % 8 === 0 ? 40 : 0);
    const steady = { ...rank(hidden, () => 40), isOwn: true };
    assert.equal(computeBatchWaits([steady], false).isBursty, true);
    const tail = { ...rank(hidden, hidden), isOwn: true };
    assert.equal(computeBatchWaits([tail], false).isBursty, false);
  });

  it('is nothing without steps', () => {
    const { typical, waiting } = computeBatchWaits([rank(() => 1, undefined, 0)], false);
    assert.deepEqual(typical, { medianNs: 0, sharePercent: 0 });
    assert.deepEqual(waiting, []);
  });
});

/** Steps of 100 each. */
function rank(
  exposedIn: (step: number) => number,
  wholeIn: (step: number) => number = exposedIn,
  steps = 40,
): RankBatches {
  const numbers = Array.from({ length: steps }, (_, step) => step);
  return {
    exposed: numbers.map(exposedIn),
    whole: numbers.map(wholeIn),
    durations: numbers.map(() => 100),
    numbers,
    isOwn: false,
    areWorkersBusy: false,
  };
}
