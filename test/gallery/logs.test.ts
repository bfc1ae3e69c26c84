import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Gallery, settle } from './gallery.ts';
import { loadAnalysis } from './load-analysis.ts';
import { sharedGallery } from './shared-gallery.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/logs');

describe('a log with step times', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => {
    gallery = await sharedGallery();
  });

  it('has steps and counters, says what it cannot tell, and no error', async () => {
    const story = await gallery.show(await loadAnalysis(join(FIXTURES, 'meters.log')));
    const { page, errors } = story;
    await settle(story);
    const text = await page.locator('.run-page').textContent();
    assert.match(text ?? '', /3 steps/);
    assert.match(text ?? '', /A log has step times and no timeline of operations/);
    assert.equal(
      await page.getByRole('button', { name: 'Loss, of rank 0', exact: true }).count(),
      1,
    );
    assert.deepEqual(errors, []);
    await story.close();
  });
});
