import { toRunTime } from '../../src/core/model/rank-clock.ts';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Analysis } from '../../src/core/model/tables.ts';
import { LINES } from '../../src/simulator/script/places.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

interface SavedView {
  readonly range: { readonly startNs: number; readonly endNs: number };
  readonly selection: {
    readonly kind: string;
    readonly rank: number;
    readonly index: number;
  } | null;
  readonly openRanks: readonly number[];
}

const NAME = '</script><img src=x onerror="window.wasHacked = true">';

describe('the page in use', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;
  let story: Story;

  before(async () => {
    [gallery, analysis] = await Promise.all([sharedGallery(), gpuRun({ ranks: 2, steps: 20 })]);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  async function open(options: StoryOptions = {}, run: Analysis = analysis): Promise<Page> {
    story = await gallery.show(run, options);
    return story.page;
  }

  async function view(): Promise<SavedView> {
    await settle(story);
    return await story.page.evaluate<SavedView>('savedState');
  }

  async function rangeLength(): Promise<number> {
    const { range } = await view();
    return range.endNs - range.startNs;
  }

  /** What the page asked of the editor last, other than for windows. */
  function lastWish() {
    return story.host.calls.filter(([method]) => method !== 'readWindow').at(-1);
  }

  function details(page: Page) {
    return page.locator('.details:not([hidden])');
  }

  it('zooms with the wheel, and the moment under the pointer stays there', async () => {
    const page = await open();
    const before = (await view()).range;
    const box = (await page.locator('.track-canvas').boundingBox())!;
    const share = 0.25;
    await page.mouse.move(box.x + box.width * share, box.y + 10);
    await page.mouse.wheel(0, -240);
    const after = (await view()).range;
    const momentIn = ({ startNs, endNs }: SavedView['range']) =>
      startNs + share * (endNs - startNs);
    assert.ok(after.endNs - after.startNs < 0.8 * (before.endNs - before.startNs));
    const pixelNs = (after.endNs - after.startNs) / box.width;
    assert.ok(Math.abs(momentIn(after) - momentIn(before)) < 2 * pixelNs);
  });

  it('pans with Shift and the wheel, and by dragging, without changing the zoom', async () => {
    const page = await open();
    const before = (await view()).range;
    const box = (await page.locator('.track-canvas').boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 10);
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Shift');
    const wheeled = (await view()).range;
    assert.ok(wheeled.startNs < before.startNs);
    await page.mouse.down();
    await page.mouse.move(box.x + 100, box.y + 10, { steps: 4 });
    await page.mouse.up();
    const dragged = (await view()).range;
    const pixelNs = (before.endNs - before.startNs) / box.width;
    assert.ok(Math.abs(dragged.startNs - wheeled.startNs - 100 * pixelNs) < 3 * pixelNs);
    for (const range of [wheeled, dragged]) {
      const change = (range.endNs - range.startNs) / (before.endNs - before.startNs);
      assert.ok(Math.abs(change - 1) < 1e-6);
    }
    assert.equal((await view()).selection, null, 'a drag is not a click');
  });

  it('moves with W, A, S, D and shows the whole run with 0', async () => {
    const page = await open();
    const before = (await view()).range;
    const length = await rangeLength();
    await page.keyboard.press('w');
    assert.ok((await rangeLength()) < length);
    await page.keyboard.press('s');
    assert.ok(Math.abs((await rangeLength()) / length - 1) < 1e-6);
    await page.keyboard.press('a');
    assert.ok((await view()).range.startNs < before.startNs);
    await page.keyboard.press('d');
    assert.ok(Math.abs((await view()).range.startNs - before.startNs) < length / 1e6);
    await page.keyboard.press('0');
    const { startNs, endNs } = analysis;
    assert.deepEqual((await view()).range, { startNs, endNs });
  });

  it('explains a gap that is clicked, and goes to its line', async () => {
    const page = await open();
    await page.locator('.track-canvas').click({ position: { x: 400, y: 14 } });
    const text = await details(page).innerText();
    assert.match(text, /gap on rank 0/i);
    assert.match(text, /Device waits for the loader/);
    assert.match(text, /next\(loader\) covers 99\s%/);
    const { selection } = await view();
    assert.equal(selection?.kind, 'gap');
    await details(page).getByRole('button', { name: 'Go to line' }).click();
    await settle(story);
    assert.deepEqual(lastWish(), ['openSelection', selection]);
    await page.keyboard.press('Escape');
    assert.equal((await view()).selection, null);
    assert.equal(await details(page).count(), 0);
  });

  it('opens a rank into threads and streams, and reads the arguments of a span on demand', async () => {
    const page = await open();
    await page.getByRole('button', { name: /^rank 1,/ }).click();
    await settle(story);
    await page.getByText('stream 20 · nccl', { exact: true }).waitFor();
    assert.deepEqual((await view()).openRanks, [1]);
    await page.locator('.span-list-box summary').click();
    await settle(story);
    await page
      .locator('.span-row', { hasText: 'next(loader)' })
      .or(page.locator('.span-row', { hasText: 'enumerate(DataLoader)' }))
      .first()
      .click();
    await details(page).getByText('Arguments of the event').click();
    await details(page).getByText('[[8, 3, 224, 224]]').waitFor();
  });

  it('shows the evidence of a finding on the timeline and selects it', async () => {
    const page = await open();
    const finding = page.locator('.finding').first();
    await finding.getByRole('button', { name: /^Show on the timeline/ }).click();
    await settle(story);
    assert.ok(await finding.evaluate((element) => element.classList.contains('shown')));
    assert.notEqual((await view()).selection, null);
    const { range } = await view();
    const [evidence] = analysis.report.findings[0].evidence;
    assert.ok(range.startNs <= evidence.startNs);
    assert.ok(range.endNs >= evidence.startNs + evidence.durationNs);
  });

  it('leads by keyboard alone from the verdict to a span and its line', async () => {
    const page = await open();
    const reach = async (name: RegExp) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate(
          `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
        );
        if (name.test(String(label))) {
          return;
        }
      }
      assert.fail(`Tab does not reach ${name.source}`);
    };
    await reach(new RegExp(`^Go to train\\.py:${LINES.getItem}$`));
    await page.keyboard.press('Enter');
    await settle(story);
    assert.deepEqual(lastWish(), ['openFinding', 0]);
    await reach(/^Show on the timeline/);
    await reach(/^Timeline of all ranks/);
    await page.keyboard.press('Enter');
    const first = (await view()).selection;
    assert.notEqual(first, null);
    await page.keyboard.press('Shift+ArrowRight');
    assert.notDeepEqual((await view()).selection, first);
    await page.keyboard.press('Shift+ArrowLeft');
    assert.deepEqual((await view()).selection, first);
    await page.keyboard.press('f');
    await page.keyboard.press('g');
    await settle(story);
    assert.deepEqual(lastWish(), ['openSelection', first]);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
    assert.deepEqual((await view()).selection, first, 'Escape closed the keys, not the selection');
  });

  it('goes to a step that is clicked in the strip', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Go to the slowest step' }).click();
    const { range } = await view();
    const slowest = analysis.ranks
      .flatMap(({ steps, clock }) =>
        Array.from({ length: steps.length }, (_, i) => ({
          start: toRunTime(clock, steps.start[i]),
          length: steps.isWarmup[i] === 1 ? 0 : steps.end[i] - steps.start[i],
        })),
      )
      .sort((a, b) => b.length - a.length)[0];
    assert.ok(range.startNs < slowest.start && range.endNs > slowest.start + slowest.length);
    assert.ok(range.endNs - range.startNs < 1.5 * slowest.length);
  });

  it('comes back as it was left', async () => {
    const page = await open();
    await page.keyboard.press('w');
    await page.locator('.track-canvas').click({ position: { x: 400, y: 14 } });
    const left = await view();
    await story.close();
    await open({ state: left });
    assert.deepEqual(await view(), left);
    await details(story.page).waitFor();
  });

  it('asks for a window once for many moves, and never for the same again', async () => {
    const page = await open();
    const windows = () => story.host.calls.filter(([method]) => method === 'readWindow').length;
    const before = windows();
    await page.evaluate(`
      for (let i = 0; i < 40; i++) {
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', bubbles: true }));
      }`);
    await settle(story);
    assert.ok(windows() - before <= 3, `${windows() - before} windows`);
    const settled = windows();
    await page.keyboard.press('Escape');
    await settle(story);
    assert.equal(windows(), settled);
  });

  it('follows a change of the theme', async () => {
    const page = await open();
    const colorAt = async () =>
      await page.evaluate(`(() => {
        const canvas = document.querySelector('.ruler');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let brightest = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] > 200) brightest = Math.max(brightest, data[i]);
        }
        return brightest;
      })()`);
    const dark = Number(await colorAt());
    await page.evaluate(`
      document.documentElement.style.setProperty('--vscode-foreground', '#300000');
      document.documentElement.style.setProperty('--vscode-descriptionForeground', '#300000');
      document.body.className = 'vscode-light';`);
    await settle(story);
    assert.ok(Number(await colorAt()) < dark);
  });

  it('shows names of a trace as text, whatever they hold', async () => {
    const run = await gpuRun({ ranks: 1, steps: 4, operatorName: NAME });
    const page = await open({}, run);
    await page.keyboard.press('0');
    await page.locator('.span-list-box summary').click();
    await settle(story);
    const span = run.run.ranks[0].trace.strings.indexOf(NAME);
    const index = run.run.ranks[0].trace.spans.name.indexOf(span);
    assert.ok(index >= 0);
    const left = await view();
    await story.close();
    const reopened = await open(
      { state: { ...left, selection: { kind: 'span', rank: 0, index } } },
      run,
    );
    await reopened.locator('.selected-name', { hasText: NAME }).waitFor();
    assert.equal(await reopened.locator('img').count(), 0);
    assert.equal(await reopened.evaluate('window.wasHacked'), undefined);
  });
});
