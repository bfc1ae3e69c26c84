import assert from 'node:assert/strict';
import { findPeriod } from '../../../src/core/derived/period.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const every = (distance: number, from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((i) => i % distance === 0);

describe('the period of events', () => {
  it('is the distance of those that come back', () => {
    assert.deepEqual(findPeriod([9, 19, 29, 39, 49], 1, 55)?.every, 10);
    assert.equal(findPeriod([1, 3, 5, 7, 9, 11, 13, 15], 0, 15)?.every, 2);
  });

  it('is found among events that do not keep it, and says which do', () => {
    assert.deepEqual(findPeriod([4, 9, 10, 19, 29, 33, 39, 49, 59], 0, 60), {
      every: 10,
      members: [9, 19, 29, 39, 49, 59],
    });
  });

  it('may miss a beat', () => {
    assert.equal(findPeriod([8, 16, 32, 40, 48], 1, 50)?.every, 8);
  });

  it('is the longer of two where the events of the shorter are too few', () => {
    assert.equal(
      findPeriod(
        [...every(12, 1, 60), 6, 18].sort((a, b) => a - b),
        1,
        60,
      )?.every,
      12,
    );
  });

  it('is none for fewer than three, for a rhythm that ends early, and for events side by side', () => {
    assert.equal(findPeriod([], 0, 50), null);
    assert.equal(findPeriod([10, 20], 0, 50), null);
    assert.equal(findPeriod([10, 20, 30], 0, 100), null);
    assert.equal(findPeriod([20, 21, 22, 23, 24], 0, 50), null);
  });

  it('is rarely seen in events at random', () => {
    const random = seededRandom(7);
    let found = 0;
    for (let trial = 0; trial < 400; trial++) {
      const share = 0.05 + 0.25 * random();
      const events = [...Array(60).keys()].filter(() => random() < share);
      found += findPeriod(events, 0, 59) === null ? 0 : 1;
    }
    assert.ok(found <= 8, `${found} of 400`);
  });
});
