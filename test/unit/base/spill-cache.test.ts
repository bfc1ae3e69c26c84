import assert from 'node:assert/strict';
import { SpillCache, Spillable } from '../../../src/base/spill-cache.ts';

/** A store that keeps copies as text and counts. */
function textStore() {
  const counts = { stored: 0, read: 0 };
  const store = (value: unknown): (() => unknown) => {
    const text = JSON.stringify(value);
    counts.stored++;
    return () => {
      counts.read++;
      return JSON.parse(text) as unknown;
    };
  };
  return { counts, store };
}

describe('SpillCache', () => {
  it('stores what was used longest ago, once, and reads it back', () => {
    const { counts, store } = textStore();
    const cache = new SpillCache(store, 2);
    const owners = [new Spillable(cache), new Spillable(cache), new Spillable(cache)];
    let computed = 0;
    const valueOf = (row: number): number[] => owners[row].get('x', () => [row, computed++]);
    assert.deepEqual(
      [valueOf(0), valueOf(1)],
      [
        [0, 0],
        [1, 1],
      ],
    );
    assert.deepEqual(counts, { stored: 0, read: 0 });
    valueOf(0);
    valueOf(2);
    assert.deepEqual(counts, { stored: 1, read: 0 }, 'owner 1 was used longest ago');
    assert.deepEqual(valueOf(1), [1, 1]);
    assert.deepEqual(
      [valueOf(2), valueOf(0)],
      [
        [2, 2],
        [0, 0],
      ],
    );
    assert.equal(computed, 3);
    assert.equal(counts.stored, 2, 'owner 1 left the memory twice and was stored once');
  });

  it('computes again what is no plain data', () => {
    const { counts, store } = textStore();
    const cache = new SpillCache(store, 1);
    const owners = [new Spillable(cache), new Spillable(cache)];
    let computed = 0;
    const valueOf = (row: number) => owners[row].get('f', () => () => computed++, false);
    assert.equal(valueOf(0), valueOf(0));
    const before = valueOf(0);
    valueOf(1);
    assert.notEqual(valueOf(0), before);
    assert.equal(counts.stored, 0);
  });

  it('keeps what cannot be stored', () => {
    const cache = new SpillCache(() => null, 1);
    const [first, second] = [new Spillable(cache), new Spillable(cache)];
    const value = first.get('x', () => ({}));
    second.get('x', () => ({}));
    assert.equal(
      first.get('x', () => assert.fail('it was in memory')),
      value,
    );
  });

  it('stores nothing of an owner that is discarded', () => {
    const { counts, store } = textStore();
    const cache = new SpillCache(store, 1);
    const first = new Spillable(cache);
    first.get('x', () => 1);
    assert.equal(first.discard(), cache);
    new Spillable(cache).get('x', () => 2);
    new Spillable(cache).get('x', () => 3);
    assert.equal(counts.stored, 1);
  });
});
