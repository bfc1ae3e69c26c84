import assert from 'node:assert/strict';
import { DisposableStore } from '../../../src/base/lifetime.ts';

describe('DisposableStore', () => {
  it('releases last in first out, once', () => {
    const order: string[] = [];
    const store = new DisposableStore();
    store.add({ dispose: () => order.push('first') });
    store.add({ dispose: () => order.push('second') });
    store.dispose();
    store.dispose();
    assert.deepEqual(order, ['second', 'first']);
  });

  it('releases at once what comes too late', () => {
    const store = new DisposableStore();
    store.dispose();
    let released = 0;
    store.add({ dispose: () => released++ });
    assert.equal(released, 1);
  });
});
