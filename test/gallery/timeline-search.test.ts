import assert from 'node:assert/strict';
import { type Gallery, settle } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

describe('the search on the timeline', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => (gallery = await sharedGallery()));

  it('finds, counts, walks and ends by keyboard, and Alt+Left goes back to where it began', async () => {
    const story = await gallery.show(await gpuRun({ ranks: 2, steps: 20 }));
    const { page } = story;
    const range = async () =>
      await page.evaluate<{ startNs: number }>('whenIdle().then(() => savedState.range)');
    await page.locator('.track-canvas').focus();
    const before = await range();
    await page.keyboard.press('/');
    await page.keyboard.type('cat:kernel rank:1');
    const count = page.locator('.search-bar output');
    await page.locator('.search-bar output', { hasText: 'spans' }).waitFor();
    const total = /^([\d\s]+) spans/
      .exec((await count.textContent()) ?? '')?.[1]
      .replace(/\s/g, '');
    assert.ok(Number(total) > 100, `${total} kernels`);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await settle(story);
    assert.match((await count.textContent()) ?? '', /^[\d\s]+ of /);
    const state = await page.evaluate<{ selection: { rank: number }; openRanks: number[] }>(
      'savedState',
    );
    assert.equal(state.selection.rank, 1);
    assert.ok(state.openRanks.includes(1));
    assert.notDeepEqual(await range(), before);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.search-bar').isVisible(), false);
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Alt+ArrowLeft');
      await settle(story);
    }
    assert.deepEqual(await range(), before);
    await page.keyboard.press('/');
    await page.keyboard.type('dur>fast');
    await page.getByText('is no duration').waitFor();
    assert.deepEqual(story.errors, []);
    await story.close();
  });
});
