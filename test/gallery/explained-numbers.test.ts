import assert from 'node:assert/strict';
import { plainSpaces } from '../support/plain-spaces.ts';
import type { Page } from 'playwright-core';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const plain = (text: string) => plainSpaces(text).trim();

describe('the numbers of the page', function () {
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

  async function open(options: StoryOptions = {}): Promise<Page> {
    story = await gallery.show(analysis, options);
    return story.page;
  }

  /** By keyboard, as who does not use a mouse. */
  async function press(page: Page, name: RegExp, key = 'Enter'): Promise<void> {
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(
        `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
      );
      if (name.test(String(label))) {
        await page.keyboard.press(key);
        await settle(story);
        return;
      }
    }
    assert.fail(`Tab does not reach ${name.source}`);
  }

  async function range(): Promise<{ startNs: number; endNs: number }> {
    return await story.page.evaluate('savedState.range');
  }

  it('promise what the replay of the first finding gives, in the verdict and in its card', async () => {
    const page = await open();
    const [first] = analysis.report.findings;
    assert.ok(first.whatIf);
    for (const place of ['.hero', '.finding >> nth=0']) {
      const text = plain(await page.locator(place).locator('.what-if').innerText());
      assert.ok(text.startsWith(first.whatIf.text), text);
    }
    const without = analysis.report.findings.findIndex(({ whatIf }) => whatIf === undefined);
    assert.ok(without > 0);
    assert.equal(await page.locator('.finding').nth(without).locator('.what-if').count(), 0);
  });

  it('lead by keyboard to each interval of a finding', async () => {
    const page = await open();
    await press(page, /^advice and numbers$/);
    await press(page, /^intervals \(\d+\)$/);
    const rows = page.locator('.finding').first().locator('.interval-row');
    const { evidence, savingFrom } = analysis.report.findings[0];
    assert.equal(await rows.count(), evidence.length + (savingFrom?.longest.length ?? 0));
    await press(page, /^Show on the timeline: .+ into the run$/);
    const [shown] = evidence;
    const { startNs, endNs } = await range();
    assert.ok(startNs <= shown.startNs && endNs >= shown.startNs + shown.durationNs);
  });

  it('lead by keyboard to the intervals of a rank, which opens', async () => {
    const page = await open();
    await press(page, /^table and formulas$/);
    await press(page, /^Show the intervals of rank 1 in step/);
    assert.deepEqual(await page.evaluate('savedState.openRanks'), [1]);
    const { startNs, endNs } = await range();
    assert.ok(endNs - startNs < (analysis.endNs - analysis.startNs) / 4, 'one step fills the view');
  });

  for (const width of [1360, 420]) {
    it(`are not cut and do not run into each other, ${width} px wide`, async () => {
      const page = await open({ width });
      await page.evaluate(
        `for (const element of document.querySelectorAll('details')) element.open = true`,
      );
      await settle(story);
      const wider = await page.evaluate<string[]>(`[...document.querySelectorAll(
          '.finding, .finding p, .finding dd, .verdict-text, .verdict-text p, .number-table td')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.textContent)`);
      assert.deepEqual(wider, []);
      const crossed = await page.evaluate<number>(`(() => {
        const boxes = [...document.querySelectorAll('.finding-body > *, .finding > *')]
          .map((element) => [element.parentElement, element.getBoundingClientRect()]);
        return boxes.filter(([parent, box], i) => {
          const [before, above] = boxes[i - 1] ?? [];
          return before === parent && box.height > 0 && box.top < above.bottom - 1;
        }).length;
      })()`);
      assert.equal(crossed, 0);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
    });
  }
});
