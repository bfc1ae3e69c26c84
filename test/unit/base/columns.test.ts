import assert from 'node:assert/strict';
import { float64Column, uint32Column, uint8Column } from '../../../src/base/columns.ts';

describe('Column', () => {
  it('grows over chunks and comes back whole', () => {
    const column = float64Column();
    for (let i = 0; i < 100_000; i++) {
      column.push(i / 2);
    }
    assert.equal(column.length, 100_000);
    assert.equal(column.at(99_999), 49_999.5);
    const whole = column.take();
    assert.equal(whole.length, 100_000);
    assert.ok(whole.every((value, i) => value === i / 2));
    assert.equal(column.length, 0);
  });

  it('comes back in any order', () => {
    const column = uint32Column();
    for (let i = 0; i < 20_000; i++) {
      column.push(i);
    }
    const order = Uint32Array.from({ length: 20_000 }, (_, i) => 19_999 - i);
    assert.deepEqual(column.takeInOrder(order), order);
  });

  it('of no rows is empty', () => {
    const column = uint8Column();
    assert.equal(column.length, 0);
    assert.equal(column.take().length, 0);
    column.push(3);
    column.set(0, 4);
    assert.deepEqual([...column.take()], [4]);
  });
});
