import assert from 'node:assert/strict';
import { plainSpaces } from '../support/plain-spaces.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { manyRanks } from './many-ranks.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const plain = (text: string) => plainSpaces(text).trim();

interface View {
  readonly range: { readonly startNs: number; readonly endNs: number };
  readonly openRanks: readonly number[];
  readonly panels: { readonly rankOrder: string | null };
}

describe('the heat map of ranks and steps', function () {
  this.timeout(120_000);
  let gallery: Gallery;
  let like: Analysis;
  let story: Story;

  before(async () => {
    [gallery, like] = await Promise.all([sharedGallery(), gpuRun({ ranks: 1, steps: 6 })]);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  async function open(analysis: Analysis, options: StoryOptions = {}): Promise<void> {
    story = await gallery.show(analysis, options);
  }

  const runOf = (ranks: number, stragglers: [number, number][], isSynchronous = false) =>
    manyRanks(like, { ranks, steps: 40, stragglers: new Map(stragglers), isSynchronous });
  const view = async () => await story.page.evaluate<View>('savedState');
  const said = async () =>
    plain(await story.page.locator('.only-read[role=status]').first().innerText());
  const canvas = () => story.page.locator('.heat-canvas');
  const titleAt = async (x: number, y: number) => {
    await canvas().hover({ position: { x, y } });
    return plain((await canvas().getAttribute('title')) ?? '');
  };

  it('opens the rank and the step that is clicked on the timeline', async () => {
    const analysis = runOf(8, [[5, 0.3]]);
    await open(analysis);
    const position = { x: 400, y: 110 };
    const title = await titleAt(position.x, position.y);
    const [, number, rank] = /^Step (\d+) of rank (\d+): /.exec(title)!.map(Number);
    await canvas().click({ position });
    await settle(story);
    const { range, openRanks } = await view();
    assert.deepEqual(openRanks, [rank]);
    const { steps } = analysis.ranks[rank];
    const [start, end] = [steps.start[number], steps.end[number]];
    assert.ok(range.startNs < start && range.endNs > end);
    assert.ok(range.endNs - range.startNs < 1.2 * (end - start));
  });

  it('has the ranks in order up to 16, and the slow ones on top above', async () => {
    for (const [ranks, first] of [
      [8, 0],
      [64, 44],
    ] as const) {
      await open(runOf(ranks, [[ranks === 8 ? 5 : 44, 0.3]]));
      assert.match(await titleAt(300, 4), new RegExp(` of rank ${first}:`));
      const wasFirst = first === 0;
      await story.page
        .getByRole('button', { name: wasFirst ? 'slowest ranks first' : 'order by rank number' })
        .click();
      await settle(story);
      assert.match(await titleAt(300, 4), new RegExp(` of rank ${wasFirst ? 5 : '[01]'}:`));
      assert.equal((await view()).panels.rankOrder, wasFirst ? 'slowest' : 'number');
      if (wasFirst) {
        await story.close();
      }
    }
  });

  it('puts the late rank on top of ranks that wait for each other', async () => {
    const analysis = runOf(32, [[21, 0.3]], true);
    const { p50Ns } = analysis.report.ranks[21].stepTime!;
    assert.equal(analysis.report.ranks[3].stepTime!.p50Ns, p50Ns, 'all take as long');
    await open(analysis);
    assert.match(await titleAt(300, 4), / of rank 21:/);
  });

  it('is gone through with the keyboard, each cell read out', async () => {
    await open(runOf(8, [[5, 0.3]]));
    await canvas().focus();
    await story.page.keyboard.press('Home');
    await story.page.keyboard.press('Home');
    for (const [key, expected] of [
      ['ArrowRight', /^Step 1 of rank 0: \d+ ms, [\d.]+× the median$/],
      ['ArrowDown', /^Step 1 of rank 1: /],
      ['End', /^Step 39 of rank 1: /],
      ['PageDown', /^Step 39 of rank 7: /],
      ['ArrowUp', /^Step 39 of rank 6: /],
      ['ArrowLeft', /^Step 38 of rank 6: /],
    ] as const) {
      await story.page.keyboard.press(key);
      assert.match(await said(), expected);
    }
    await story.page.keyboard.press('Enter');
    await settle(story);
    assert.deepEqual((await view()).openRanks, [6]);
  });

  it('says of a shared row that it shows the slowest of its ranks', async () => {
    const analysis = runOf(64, [[44, 0.3]]);
    await open(analysis);
    assert.match(
      plain(await story.page.locator('.steps .panel-title').innerText()),
      /most own work \(\+%\) on top · ≤ 2 ranks a row, slowest shown/i,
    );
    const title = await titleAt(300, 100);
    const [, step, rank, ms] = /^Step (\d+) of rank (\d+): (\d+) ms/.exec(title)!.map(Number);
    assert.match(title, /, the slowest of 2 ranks here$/);
    const { steps } = analysis.ranks[rank];
    assert.equal(Math.round((steps.end[step] - steps.start[step]) / 1e6), ms);
  });

  it('is told as tables, too, and they lead to the steps', async () => {
    const analysis = runOf(24, [[13, 0.3]]);
    await open(analysis);
    const button = story.page.getByRole('button', { name: 'as tables' });
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
    await button.press('Enter');
    const ranks = story.page.getByRole('table', {
      name: 'Ranks, those with most work of their own first',
    });
    const [first] = await ranks.locator('tbody tr').all();
    assert.equal(await ranks.locator('tbody tr').count(), 24);
    assert.match(plain(await first.innerText()), /^rank 13\s+\+3\d ms · \+(29|30) %/);
    const slowest = story.page.getByRole('table', { name: 'The 20 slowest steps' });
    const times = analysis.ranks.flatMap(({ steps }) =>
      Array.from(steps.start.subarray(1), (start, i) => steps.end[i + 1] - start),
    );
    const most = Math.round(times.reduce((a, b) => Math.max(a, b)) / 1e6);
    assert.match(
      plain(await slowest.locator('tbody tr').first().innerText()),
      new RegExp(`${most} ms`),
    );
    await slowest.getByRole('button').first().press('Enter');
    await settle(story);
    const { range } = await view();
    assert.ok(Math.abs((range.endNs - range.startNs) / 1.12e6 - most) < 2);
  });

  it('stays quick with 1,024 ranks and 100 steps', async () => {
    const stragglers = new Map([[716, 0.3]]);
    await open(manyRanks(like, { ranks: 1024, steps: 100, stragglers, isSynchronous: false }));
    assert.match(await titleAt(300, 4), / of rank 716:/);
    const ms = await story.page.evaluate<{
      reorder: number;
      pan: number;
      heapMb: number;
    }>(`(async () => {
      const press = (text) => [...document.querySelectorAll('.step-walk .link')]
        .find((button) => button.textContent === text).click();
      const time = async (act) => {
        const began = performance.now();
        await act();
        return performance.now() - began;
      };
      await whenIdle();
      const reorder = await time(async () => { press('order by rank number'); await whenIdle(); });
      const pan = await time(async () => {
        for (let i = 0; i < 20; i++) {
          document.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 ? 'a' : 'd', bubbles: true }));
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }) / 20;
      return { reorder, pan, heapMb: performance.memory.usedJSHeapSize / 1e6 };
    })()`);
    assert.ok(ms.reorder < 500, `${ms.reorder} ms to lay out and paint all anew`);
    assert.ok(ms.pan < 200, `${ms.pan} ms a frame`);
    assert.ok(ms.heapMb < 200, `${ms.heapMb} MB`);
  });
});
