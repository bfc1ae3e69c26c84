import assert from 'node:assert/strict';
import { type Gallery, settle } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

describe('an area chosen on the timeline', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => (gallery = await sharedGallery()));

  it('is added up by name and by phase, dragged or by keyboard, and given up', async () => {
    const story = await gallery.show(await gpuRun({ ranks: 2, steps: 20 }));
    const { page } = story;
    const range = await page.evaluate('JSON.stringify(savedState.range)');
    const box = (await page.locator('.track-canvas').boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 100, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const panel = page.locator('.area-panel');
    await panel.getByText(/spans and .* idle times? in .* of 2 rows/).waitFor();
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

  it('is ordered, lit and copied by keyboard', async () => {
    const story = await gallery.show(await gpuRun({ ranks: 2, steps: 20 }));
    const { page } = story;
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('e');
    await settle(story);
    const panel = page.locator('.area-panel');
    const counts = async () =>
      (await panel.locator('tbody td:nth-of-type(1)').allInnerTexts()).map((text) =>
        Number(text.replaceAll('\u202f', '')),
      );
    await panel.getByRole('button', { name: 'Order by Count' }).focus();
    await page.keyboard.press('Enter');
    const descending = await counts();
    assert.deepEqual(
      descending,
      [...descending].sort((a, b) => b - a),
    );
    await page.keyboard.press('Enter');
    assert.deepEqual(
      await counts(),
      [...descending].sort((a, b) => a - b),
      'the button that was pressed keeps the focus',
    );
    const nccl = panel.getByRole('button', { name: /^ncclDevKernel/ }).first();
    const row = nccl.locator('xpath=ancestor::tr');
    const count = Number((await row.locator('td').first().innerText()).replaceAll('\u202f', ''));
    await nccl.focus();
    await page.keyboard.press('Enter');
    await settle(story);
    const live = page.locator('.only-read[role=status]');
    assert.equal(
      (await live.innerText()).replaceAll('\u202f', ''),
      `${count} spans lit; N goes to the next`,
    );
    assert.match(await panel.locator('h4').innerText(), /^durations of nccl/i);
    await page.keyboard.press('n');
    await settle(story);
    assert.match(await page.locator('.selected-name').innerText(), /^ncclDevKernel/);
    assert.match(await panel.locator('tbody').innerText(), /idle · data/);
    await panel.getByRole('button', { name: 'Copy the table as CSV' }).click();
    const [, csv] = story.host.calls.filter(([method]) => method === 'copyText').at(-1)!;
    const lines = String(csv).trimEnd().split('\r\n');
    assert.equal(lines.length, descending.length + 1);
    assert.match(lines[0], /^name,count,total_ns,self_ns/);
    assert.deepEqual(story.errors, []);
    await story.close();
  });
});
