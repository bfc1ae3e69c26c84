import assert from 'node:assert/strict';
import { type Gallery, settle } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

describe('marks on the timeline', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => (gallery = await sharedGallery()));

  it('are set by keyboard with a note, gone to, kept with the view and removed', async () => {
    const run = await gpuRun({ ranks: 2, steps: 20 });
    const story = await gallery.show(run);
    const { page } = story;
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('m');
    await page.keyboard.type('slow batch');
    await page.keyboard.press('Enter');
    await settle(story);
    const state = await page.evaluate<{ marks: { timeNs: number; note: string }[] }>('savedState');
    assert.deepEqual(
      state.marks.map(({ note }) => note),
      ['slow batch'],
    );
    assert.equal(await page.evaluate('document.activeElement.className'), 'track-canvas');
    await page.keyboard.press('0');
    await page.getByRole('button', { name: /^Go to the mark/ }).click();
    assert.deepEqual(story.errors, []);
    await story.close();
    const again = await gallery.tell(run, { state });
    await again.page.locator('.run-page').waitFor();
    const note = again.page.getByRole('textbox', { name: /^Note of the mark/ });
    assert.equal(await note.inputValue(), 'slow batch');
    await again.page.getByRole('button', { name: /^Remove the mark/ }).click();
    await settle(again);
    const after = await again.page.evaluate<{ marks: unknown[] }>('savedState');
    assert.deepEqual(after.marks, []);
    await again.close();
  });
});
