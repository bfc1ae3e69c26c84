import assert from 'node:assert/strict';
import { analyzeRun } from '../../src/core/analyze.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { drawRun } from '../support/draw-run.ts';
import { type Gallery, settle, type Story } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const RANKS = 1_024;
const SLOW = 700;

/** Very many ranks, one of which computes longer in each step. */
function manyRanks(): Analysis {
  const usual = 'main DDFFBBO---';
  return analyzeRun(
    drawRun(
      Array.from({ length: RANKS }, (_, rank) => (rank === SLOW ? 'main DDFFFFFBBO---' : usual)),
      { tickNs: 1e6, steps: 5 },
    ),
  );
}

async function shown(gallery: Gallery, analysis: Analysis, state?: unknown): Promise<Story> {
  const story = await gallery.show(analysis, { state });
  return story;
}

const labels = async ({ page }: Story) =>
  await page.$$eval('.track-label', (all) =>
    all
      .map(
        (label) =>
          [
            label.getBoundingClientRect().top,
            label.textContent.replace(/[▸▾…]/g, '').trim(),
          ] as const,
      )
      .sort((a, b) => a[0] - b[0])
      .map(([, text]) => text),
  );

async function choose({ page }: Story, label: string, item: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

describe('the tracks of the timeline', function () {
  this.timeout(120_000);
  let gallery: Gallery;

  before(async () => (gallery = await sharedGallery()));

  it('are pinned, hidden, moved and folded, kept with the view, and undone with Alt+Left', async () => {
    const run = await gpuRun({ ranks: 4, steps: 12 });
    const story = await shown(gallery, run);
    const { page } = story;
    await choose(story, 'Arrange rank 2', 'Pin to the top');
    await choose(story, 'Arrange rank 1', 'Hide this rank');
    await settle(story);
    assert.deepEqual(await labels(story), ['rank 2', 'rank 0', 'rank 3']);
    await page.getByRole('button', { name: /^rank 3,/ }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await settle(story);
    assert.deepEqual(await labels(story), ['rank 2', 'rank 3', 'rank 0']);
    assert.equal(await page.evaluate('document.activeElement.dataset.rank'), '3');
    assert.equal(await page.locator('.track-bar').textContent(), '1 track hidden · show all');
    const state = await page.evaluate('savedState');
    await page.keyboard.press('Alt+ArrowLeft');
    await settle(story);
    assert.deepEqual(await labels(story), ['rank 2', 'rank 0', 'rank 3']);
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Alt+ArrowLeft');
    await settle(story);
    assert.deepEqual(await labels(story), ['rank 0', 'rank 1', 'rank 2', 'rank 3']);
    assert.deepEqual(story.errors, []);
    await story.close();
    const again = await shown(gallery, run, state);
    assert.deepEqual(await labels(again), ['rank 2', 'rank 3', 'rank 0']);
    await again.page.getByRole('button', { name: 'Show all hidden tracks' }).click();
    await settle(again);
    assert.deepEqual(await labels(again), ['rank 2', 'rank 3', 'rank 1', 'rank 0']);
    await again.close();
  });

  it('have a menu that is used by keyboard alone', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 2, steps: 12 }));
    const { page } = story;
    await page.getByRole('button', { name: /^rank 0,/ }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    const main = page.locator('.lane-label').first();
    const height = async () =>
      await page.evaluate('document.querySelector(".tracks-content").clientHeight');
    const before = await height();
    assert.equal(await main.evaluate((label) => label === document.activeElement), true);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Pin to the top');
    await page.keyboard.press('Escape');
    assert.equal(await main.evaluate((label) => label === document.activeElement), true);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Fold to one level' }).focus();
    await page.keyboard.press('Enter');
    await settle(story);
    assert.ok(Number(await height()) < Number(before));
    assert.equal(await main.evaluate((label) => label === document.activeElement), true);
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('stay at the top when they are pinned, while the others scroll under them', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 3, steps: 12 }));
    const { page } = story;
    await choose(story, 'Arrange rank 2', 'Pin to the top');
    await page.locator('[data-rank="0"]').click();
    await page.locator('[data-rank="1"]').click();
    await settle(story);
    await page.locator('.tracks').evaluate((tracks) => (tracks.scrollTop = 120));
    await settle(story);
    const tops = async (rank: number) =>
      (await page.locator(`[data-rank="${rank}"]`).boundingBox())!.y;
    const canvas = (await page.locator('.track-canvas').boundingBox())!;
    assert.ok((await tops(2)) >= canvas.y && (await tops(2)) < canvas.y + 10);
    assert.ok((await tops(0)) < canvas.y);
    const main = (await page.locator('.lane-label').first().boundingBox())!;
    const pinned = (await page.locator('.gutter-stuck').boundingBox())!;
    assert.ok(Math.abs(main.y - pinned.y - pinned.height) < 2, 'the name of a tall track stays');
    await page.mouse.click(canvas.x + 200, canvas.y + 14);
    await page.waitForFunction('savedState.selection !== null');
    const state = await page.evaluate<{ selection: { rank: number } }>('savedState');
    assert.equal(state.selection.rank, 2);
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('are moved by dragging their labels, which opens nothing', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 3, steps: 12 }));
    const { page } = story;
    const box = async (rank: number) =>
      (await page.locator(`[data-rank="${rank}"]`).boundingBox())!;
    const from = await box(2);
    const to = await box(0);
    await page.mouse.move(from.x + 20, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 20, from.y - 5);
    await page.mouse.move(to.x + 20, to.y + 1);
    await page.mouse.up();
    await settle(story);
    assert.deepEqual(await labels(story), ['rank 2', 'rank 0', 'rank 1']);
    await page.locator('[data-rank="0"]').click();
    await settle(story);
    assert.ok((await labels(story)).length > 3);
    await story.close();
  });

  it('are filtered by what is written, with a count, and the filter is given up for evidence', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 4, steps: 20 }));
    const { page } = story;
    await page.getByRole('textbox', { name: /^Filter tracks/ }).fill('rank 3 stream 7');
    await settle(story);
    assert.deepEqual((await labels(story)).slice(0, 2), ['rank 3', 'stream 7']);
    assert.match(await page.locator('.track-bar').innerText(), /^3 of 3\d tracks/);
    await page.locator('.finding').first().getByText('show', { exact: true }).click();
    await settle(story);
    assert.equal(await page.getByRole('textbox', { name: /^Filter tracks/ }).inputValue(), '');
    assert.ok((await labels(story)).includes('rank 0'));
    await story.close();
  });

  it('show of 1 024 ranks those that matter, all on demand, and labels only where they are seen', async () => {
    const story = await shown(gallery, manyRanks());
    const { page } = story;
    const few = await labels(story);
    assert.ok(few.length < 12 && few.includes(`rank ${SLOW}`), few.join());
    await page.getByRole('button', { name: /^Show all/ }).click();
    await settle(story);
    assert.ok((await labels(story)).length < 50);
    await page.locator('.tracks').evaluate((tracks) => (tracks.scrollTop = 512 * 27));
    await settle(story);
    const seen = await labels(story);
    assert.ok(seen.includes('rank 512') && seen.length < 50, seen.join());
    await page.getByRole('button', { name: 'Show the ranks that matter' }).click();
    await settle(story);
    await story.host.channel.remote.showRank({ rank: 333 });
    await settle(story);
    assert.ok((await labels(story)).includes('rank 333'));
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('bring a hidden rank into sight for a match of the search', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 3, steps: 12 }));
    const { page } = story;
    await choose(story, 'Arrange rank 1', 'Hide this rank');
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('rank:1 cat:kernel');
    await page.keyboard.press('Enter');
    await settle(story);
    await page.waitForFunction('savedState.selection?.rank === 1');
    await settle(story);
    assert.ok((await labels(story)).includes('rank 1'));
    await story.close();
  });

  it('have a head whose buttons stay on one line from 400 px on', async () => {
    const story = await shown(gallery, await gpuRun({ ranks: 1, steps: 12 }));
    const { page } = story;
    for (const width of [400, 640, 800, 1001, 1100, 1280, 1440, 2400]) {
      await page.setViewportSize({ width, height: 900 });
      await settle(story);
      const tops = await page.$$eval('.timeline-head vscode-button', (all) =>
        all.map((button) => button.getBoundingClientRect().top),
      );
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0, `${width}`);
      assert.equal(new Set(tops).size, 1, `${width}: ${tops.join()}`);
    }
    await story.close();
  });
});
