import assert from 'node:assert/strict';
import { heatOf } from '../../../src/core/hints/heat.ts';

describe('the heat of a line', () => {
  it('has four levels, and none below the threshold', () => {
    const levels = [0, 4.9, 5, 9.9, 10, 24, 25, 49, 50, 100].map((share) => heatOf(share, 5));
    assert.deepEqual(levels, [null, null, 1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('keeps its levels whatever the threshold', () => {
    assert.equal(heatOf(30, 40), null);
    assert.equal(heatOf(45, 40), 3);
    assert.equal(heatOf(0.1, 0), 1);
    assert.equal(heatOf(0, 0), null, 'what takes no time is not hot');
    assert.equal(heatOf(NaN, 0), null);
  });
});
