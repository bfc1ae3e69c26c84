import assert from 'node:assert/strict';
import { Gallery, settle } from './gallery.ts';
import { gpuRun } from './stories.ts';

describe('an area chosen on the timeline', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => (gallery = await Gallery.open()));

  after(async () => await gallery.close());

  it('is added up by name and by phase, dragged or by keyboard, and given up', async () => {
    const story = await gallery.tell(await gpuRun({ ranks: 2, steps: 20 }));
    const { page } = story;
    await page.locator('.run-page').waitFor();
    await settle(story);
    const range = await page.evaluate('JSON.stringify(savedState.range)');
    const box = (await page.locator('.track-canvas').boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 100, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const panel = page.locator('.area-panel');
    await panel.getByText(/spans in .* of 2 rows/).waitFor();
    assert.ok((await panel.locator('tbody tr').count()) > 3);
    assert.equal(await page.evaluate('JSON.stringify(savedState.range)'), range, 'no pan');
    assert.equal(await page.evaluate('savedState.selection'), null, 'no click');
    await page.getByLabel('Add up by').selectOption('phase');
    await panel.locator('tbody th', { hasText: /^backward$/ }).waitFor();
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('e');
    assert.equal(await panel.isVisible(), false);
    await page.keyboard.press('e');
    await panel.locator('tbody th', { hasText: /^backward$/ }).waitFor();
    assert.deepEqual(story.errors, []);
    await story.close();
  });
});
