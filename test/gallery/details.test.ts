import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Analysis } from '../../src/core/model/tables.ts';
import { computeOverview } from '../../src/core/timeline/overview.ts';
import { identityOf } from '../../webview/run-identity.ts';
import { type Gallery, settle, type Story } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const HEIGHT = 930;
const MAX_SHARE = 0.4;

/** Texts of the panel that are wider than their box and are no names, which have a tip with all of them. */
const CUT = `[...document.querySelectorAll('.details *')].filter((element) =>
  element.childElementCount === 0 && element.tagName !== 'CANVAS' &&
  element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline' &&
  element.closest('[title]') === null).map((element) => element.textContent)`;

/** What of the panel reaches out of it, but for what is cut with an ellipsis. */
const OUTSIDE = `(() => {
  const { right } = document.querySelector('.details').getBoundingClientRect();
  return [...document.querySelectorAll('.details *')]
    .filter((element) => element.getBoundingClientRect().right > right)
    .map((element) => element.textContent);
})()`;

describe('the details of a selection', function () {
  this.timeout(120_000);
  let gallery: Gallery;
  let run: Analysis;

  before(async () => {
    gallery = await sharedGallery();
    run = await gpuRun({ ranks: 2, steps: 20 });
  });

  function spanNamed(name: RegExp, skip = 0): number {
    const { spans, strings } = run.run.ranks[0].trace;
    const rows = [...spans.name.keys()].filter((i) => name.test(strings[spans.name[i]]));
    return rows[skip];
  }

  async function tell(index: number, width: number): Promise<Story> {
    const { startNs, endNs } = run;
    const state = {
      selection: { kind: 'span', rank: 0, index },
      range: { startNs, endNs },
      openRanks: [0],
      marks: [],
      run: identityOf({ report: run.report, overview: computeOverview(run) } as never),
    };
    const story = await gallery.tell(run, { state, width, height: HEIGHT });
    await story.page.locator('.details').waitFor();
    await settle(story);
    return story;
  }

  async function check(page: Page): Promise<void> {
    const box = (await page.locator('.details').boundingBox())!;
    assert.ok(box.height <= HEIGHT * MAX_SHARE, `${box.height} of ${HEIGHT} pixels`);
    assert.deepEqual(await page.evaluate(CUT), []);
    assert.deepEqual(await page.evaluate(OUTSIDE), []);
    const wide = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(wide, 0);
    const texts = await page.locator('.details dd, .details p, .details .related').allInnerTexts();
    for (const text of texts) {
      assert.doesNotMatch(text, /NaN|undefined|Infinity/);
    }
  }

  for (const width of [400, 700, 1_360]) {
    it(`fit at ${width} px, whole and within ${MAX_SHARE * 100} % of the height`, async () => {
      for (const name of [/^nccl/, /^cudaLaunch/, /^ProfilerStep/, /^aten::conv/]) {
        const story = await tell(spanNamed(name, 5), width);
        await check(story.page);
        assert.deepEqual(story.errors, []);
        await story.close();
      }
    });
  }

  it('lead from an operator to its node of the backward pass and back, by button and by J', async () => {
    const story = await tell(spanNamed(/^aten::conv2d$/, 30), 1_360);
    const { page } = story;
    const name = page.locator('.selected-name');
    const relation = page.locator('.details dt', { hasText: /^Backward$/ });
    await relation.locator('xpath=following-sibling::dd[1]').getByRole('button').click();
    await settle(story);
    assert.match(await name.innerText(), /^autograd::engine::evaluate_function: Convolution/);
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('j');
    await settle(story);
    assert.match(await name.innerText(), /^aten::/);
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('open the stack, each level of which can be gone to', async () => {
    const story = await tell(spanNamed(/^sm80/, 5), 1_360);
    const { page } = story;
    const stack = page.locator('details', { has: page.locator('.stack') });
    await stack.locator('summary').click();
    assert.match(await stack.locator('summary').innerText(), /^Stack of its launch, \d+ levels$/);
    const names = await stack.locator('li').allInnerTexts();
    assert.match(names[0], /^cudaLaunch/);
    assert.ok(names.some((text) => /^ProfilerStep#/.test(text)));
    await stack.getByRole('button', { name: /^ProfilerStep#/ }).click();
    await settle(story);
    assert.match(await page.locator('.selected-name').innerText(), /^ProfilerStep#/);
    await story.close();
  });
});
