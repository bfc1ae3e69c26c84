import assert from 'node:assert/strict';
import { KeptViews, type Memory } from '../../../src/extension/timeline/kept-views.ts';

function memory(): Memory {
  const values = new Map<string, unknown>();
  return {
    get: <T>(key: string, otherwise: T) => (values.get(key) as T | undefined) ?? otherwise,
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
}

describe('KeptViews', () => {
  it('gives back how each run was looked at last, also to another window', async () => {
    const shared = memory();
    const views = new KeptViews(shared);
    await views.keep('a', { range: 1 });
    await views.keep('b', { range: 2 });
    await views.keep('a', { range: 3 });
    const other = new KeptViews(shared);
    assert.deepEqual(other.find('a'), { range: 3 });
    assert.deepEqual(other.find('b'), { range: 2 });
    assert.equal(other.find('c'), null);
  });

  it('forgets what was not looked at for longest, and takes nothing huge', async () => {
    const views = new KeptViews(memory());
    for (let i = 0; i < 60; i++) {
      await views.keep(`run ${i}`, { i });
    }
    assert.equal(views.find('run 9'), null);
    assert.deepEqual(views.find('run 10'), { i: 10 });
    await views.keep('run 59', { text: 'x'.repeat(200_000) });
    assert.deepEqual(views.find('run 59'), { i: 59 });
  });
});
