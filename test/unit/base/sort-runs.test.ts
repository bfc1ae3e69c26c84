import assert from 'node:assert/strict';
import { ascendingOrder, sortRuns } from '../../../src/base/sort-runs.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('sorting by runs', () => {
  it('says that values which ascend are in order, equal ones too', () => {
    assert.equal(ascendingOrder([]), null);
    assert.equal(ascendingOrder([1, 2, 2, 3]), null);
  });

  it('orders what rows of lanes, one behind the other, or chance made, as a stable sort does', () => {
    const random = seededRandom(7);
    const lanes = [5, 0, 90, 31].flatMap((length) =>
      Array.from({ length }, (_, i) => Math.floor(i * 3 + random() * 3)),
    );
    const drawn = Array.from({ length: 300 }, () => Math.floor(random() * 40));
    for (const values of [lanes, drawn, [3, 2, 1], [2, 1]]) {
      const expected = [...values.keys()].sort((a, b) => values[a] - values[b] || a - b);
      assert.deepEqual([...(ascendingOrder(values) ?? [])], expected);
    }
  });

  it('leaves what lies outside its bounds', () => {
    const rows = Uint32Array.of(9, 8, 7, 6, 5);
    sortRuns(rows, (a, b) => a > b, { first: 1, end: 4 });
    assert.deepEqual([...rows], [9, 6, 7, 8, 5]);
  });
});
