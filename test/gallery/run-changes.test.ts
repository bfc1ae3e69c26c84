import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const GONE = 'The files of resnet-aug were deleted.';

describe('the page while its run changes', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;
  let story: Story;

  before(async () => {
    [gallery, analysis] = await Promise.all([sharedGallery(), gpuRun({ ranks: 4, steps: 20 })]);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  async function open(options: StoryOptions = {}): Promise<Page> {
    story = await gallery.show(analysis, options);
    return story.page;
  }

  function strip(page: Page) {
    return page.locator('.status-strip');
  }

  it('says why it could not be analyzed again', async () => {
    const page = await open();
    story.host.refusal = 'rank0.pt.trace.json was deleted';
    await page.getByRole('button', { name: 'Analyze Again' }).click();
    await page.locator('.toast', { hasText: story.host.refusal }).waitFor();
    await page.locator('.verdict').waitFor();
  });

  it('shows the progress and the failure of another analysis above the run', async () => {
    const page = await open();
    assert.equal(await strip(page).isVisible(), false);
    const { remote } = story.host.channel;
    await remote.statusChanged({ status: { kind: 'analyzing', text: 'rank1', percent: 40 } });
    await strip(page).getByText('Analyzing again · rank1').waitFor();
    assert.equal(await strip(page).locator('progress').getAttribute('value'), '40');
    await remote.statusChanged({ status: { kind: 'failed', message: 'rank1 is cut' } });
    await strip(page).getByText('rank1 is cut').waitFor();
    await page.locator('.verdict').waitFor();
    await remote.statusChanged({ status: { kind: 'ready' } });
    await strip(page).waitFor({ state: 'hidden' });
  });

  it('says that the files are gone, goes on showing them, and takes the new ones', async () => {
    const page = await open();
    const { remote } = story.host.channel;
    await remote.statusChanged({ status: { kind: 'gone', message: GONE } });
    await strip(page).getByText(GONE).waitFor();
    const windows = () => story.host.calls.filter(([method]) => method === 'readWindow').length;
    const before = windows();
    await page.keyboard.press('0');
    await settle(story);
    assert.ok(windows() > before);
    story.host.generation = 2;
    await remote.statusChanged({ status: { kind: 'ready' } });
    await remote.runChanged({ generation: 2 });
    await settle(story);
    assert.equal(await strip(page).isVisible(), false);
  });

  it('takes a newer analysis in place: range, ranks, selection, scrolling and what is unfolded stay', async () => {
    const page = await open({ height: 500 });
    const card = page.locator('.finding').first();
    await card.locator('summary').first().click();
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('w');
    await settle(story);
    await page.keyboard.press('Enter');
    await page.locator('.details:not([hidden])').waitFor();
    await page.keyboard.press('o');
    await settle(story);
    await page.evaluate('scrollTo(0, 300)');
    const name = await page.locator('.selected-name').textContent();
    const before = await page.evaluate<object>('whenIdle().then(() => savedState)');
    const scrolled = await page.evaluate<number>('scrollY');
    story.host.generation = 2;
    await story.host.channel.remote.runChanged({ generation: 2 });
    await page.locator('.details:not([hidden])').waitFor();
    await settle(story);
    assert.deepEqual(await page.evaluate('savedState'), before);
    assert.equal(await page.locator('.selected-name').textContent(), name);
    assert.equal(await page.evaluate('scrollY'), scrolled);
    assert.equal(
      await card
        .locator('details')
        .first()
        .evaluate((box) => (box as HTMLDetailsElement).open),
      true,
    );
    assert.equal(await page.evaluate('document.activeElement.className'), 'track-canvas');
  });

  it('is not made anew under the hands of somebody who drags, and once for all changes meanwhile', async () => {
    const page = await open();
    const { remote } = story.host.channel;
    const before = story.host.runReads;
    const box = await page.locator('.track-canvas').boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 200, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 40);
    story.host.generation = 2;
    const changes = [2, 3, 4].map(async (generation) => await remote.runChanged({ generation }));
    await page.mouse.move(box.x + 300, box.y + 40);
    await settle(story);
    assert.equal(story.host.runReads, before);
    await page.mouse.up();
    await Promise.all(changes);
    assert.equal(story.host.runReads, before + 1);
  });

  it('keeps what somebody looks for, and goes on looking in the new tables', async () => {
    const page = await open();
    const { remote } = story.host.channel;
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('/');
    const input = page.locator('.search-bar input');
    await input.fill('cat:kernel');
    await page.locator('.search-bar output', { hasText: /\d/ }).waitFor();
    const told = await page.locator('.search-bar output').textContent();
    story.host.generation = 2;
    await remote.runChanged({ generation: 2 });
    await settle(story);
    assert.equal(await input.inputValue(), 'cat:kernel');
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    assert.equal(await page.locator('.search-bar output').textContent(), told);
  });

  it('is shown as it was left when it is opened again, and not as another run was left', async () => {
    const page = await open();
    await page.locator('.track-canvas').focus();
    for (const key of ['w', 'Enter', 'o', 'm']) {
      await page.keyboard.press(key);
      await settle(story);
    }
    await page.keyboard.type('here');
    await page.keyboard.press('Enter');
    await settle(story);
    const left = await page.evaluate<{ range: object; selection: object }>('savedState');
    while (JSON.stringify(story.host.keptView) !== JSON.stringify(left)) {
      await settle(story);
    }
    const { keptView } = story.host;
    await story.close();
    const again = await open({ keptView });
    assert.deepEqual(await again.evaluate('savedState'), left);
    await again.locator('.details:not([hidden])').waitFor();
    assert.equal(
      await again.getByRole('textbox', { name: /^Note of the mark/ }).inputValue(),
      'here',
    );
    await story.close();
    const own = { ...left, range: { startNs: 0, endNs: 1e6 } };
    const hidden = await open({ keptView, state: own });
    assert.deepEqual(
      await hidden.evaluate('savedState.range'),
      own.range,
      'a tab that was hidden has its own view',
    );
    await story.close();
    const broken = await open({ keptView: { range: 'x' } });
    await broken.locator('.verdict').waitFor();
  });

  it('leaves the failure for the run once its files are there', async () => {
    story = await gallery.tell(analysis, { failure: 'the file is missing' });
    const { page, host } = story;
    await page.getByText('the file is missing').waitFor();
    host.failure = null;
    const { remote } = host.channel;
    await remote.statusChanged({ status: { kind: 'analyzing', text: 'rank0', percent: 10 } });
    await page.getByText('rank0 · 10').waitFor();
    await remote.runChanged({ generation: 1 });
    await page.locator('.run-page').waitFor();
  });

  it('opens a rank that is asked for and scrolls to it', async () => {
    const page = await open({ height: 500 });
    await story.host.channel.remote.showRank({ rank: 3 });
    await settle(story);
    assert.deepEqual(await page.evaluate('savedState.openRanks'), [3]);
    const box = (await page.locator('[data-rank="3"]').boundingBox())!;
    assert.ok(box.y >= 0 && box.y + box.height <= 500, `rank 3 is at ${box.y}`);
  });

  it('does not cover the evidence that it shows with the details of it', async () => {
    const page = await open({ width: 1440, height: 760 });
    const card = page.locator('.finding').first();
    await card.getByRole('button', { name: /^Show on the timeline/ }).click();
    await page.locator('.details:not([hidden])').waitFor();
    await settle(story);
    const rank = analysis.report.findings[0].evidence[0].rank;
    const row = (await page.locator(`[data-rank="${rank}"]`).boundingBox())!;
    const panel = (await page.locator('.details').boundingBox())!;
    assert.ok(row.y >= 0 && row.y + row.height <= panel.y, `${row.y} is below ${panel.y}`);
  });

  it('forgets a saved selection that was made in other tables', async () => {
    const page = await open();
    await page.locator('.track-canvas').click({ position: { x: 400, y: 14 } });
    await settle(story);
    const left = await page.evaluate<object>('savedState');
    await story.close();
    const other = await open({ state: { ...left, run: 'of yesterday' } });
    assert.equal(await other.evaluate('savedState.selection'), null);
    assert.equal(await other.locator('.details').isVisible(), false);
  });

  it('says each note on the trace once, without a count behind it', async () => {
    const page = await open();
    const { notes } = analysis.report.health;
    assert.ok(notes.some(({ count }) => count > 1));
    const texts = await page.locator('.notes > ul').first().locator('li').allTextContents();
    assert.deepEqual(
      texts.slice(0, notes.length),
      notes.map(({ text }) => text),
    );
    const others = texts.slice(notes.length);
    assert.ok(others.length <= 1 && others.every((text) => /^The profiler’s own work/.test(text)));
  });
});
