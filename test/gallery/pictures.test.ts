import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Analysis } from '../../src/core/model/tables.ts';
import { itWithShared } from '../support/shared-data.ts';
import {
  type Gallery,
  settle,
  type Story,
  type StoryOptions,
  THEME_CLASSES,
  type ThemeName,
} from './gallery.ts';
import { loadAnalysis } from './load-analysis.ts';
import { compareWithGolden, countColors, isAlike } from './pictures.ts';
import { gpuRun, sampleRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

/** Fonts differ between machines: golden pictures are compared where the fonts are those they were made with. */
const GOLDEN_FONT = 'DejaVu Sans';
const THEMES = Object.keys(THEME_CLASSES) as ThemeName[];

describe('pictures of the page', function () {
  this.timeout(120_000);
  let gallery: Gallery;
  let simulated: Analysis;
  let sample: Analysis;
  let hasGoldenFonts = false;

  before(async () => {
    [gallery, simulated, sample] = await Promise.all([sharedGallery(), gpuRun(), sampleRun()]);
    hasGoldenFonts = await gallery.hasFont(GOLDEN_FONT);
  });

  async function tell(analysis: Analysis | null, options: StoryOptions): Promise<Story> {
    const story = await gallery.tell(analysis, options);
    await story.page.locator('.run-page, .status-page').first().waitFor();
    await settle(story);
    return story;
  }

  async function check(story: Story, name: string): Promise<void> {
    const picture = await story.page.screenshot({ animations: 'disabled' });
    assert.deepEqual(story.errors, []);
    assert.ok(countColors(picture) > 100, 'the page is blank');
    if (hasGoldenFonts) {
      const share = compareWithGolden(name, picture);
      assert.ok(isAlike(share), `${name} differs in ${(share * 100).toFixed(2)} % of its pixels`);
    }
  }

  async function selectGap(story: Story): Promise<void> {
    await story.page.locator('.track-canvas').click({ position: { x: 300, y: 14 } });
    await story.page.mouse.move(0, 0);
    await story.page.locator('.details:not([hidden])').waitFor();
    await settle(story);
  }

  for (const theme of THEMES) {
    it(`four GPUs that wait for data, ${theme}`, async () => {
      const story = await tell(simulated, { theme, focusRank: 0 });
      await selectGap(story);
      await check(story, `gpu-${theme}`);
      await story.close();
    });
  }

  for (const theme of ['dark', 'light'] as const) {
    it(`the recorded sample, ${theme}`, async () => {
      const story = await tell(sample, { theme, focusRank: 0, height: 1000 });
      await check(story, `sample-${theme}`);
      await story.close();
    });
  }

  it('in a narrow editor', async () => {
    const story = await tell(simulated, { width: 420, height: 1400 });
    const overflow = await story.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(overflow, 0);
    await check(story, 'gpu-narrow');
    await story.close();
  });

  it('while it waits for the analysis', async () => {
    const progress = { text: 'rank3.pt.trace.json.gz', percent: 37 };
    const story = await gallery.tell(null, { progress, height: 500 });
    await story.page.getByText('rank3.pt.trace.json.gz · 37').waitFor();
    await story.close();
  });

  it('where the run cannot be read', async () => {
    const story = await tell(null, { failure: 'rank0.json is not there any more', height: 500 });
    await story.page.getByText('rank0.json is not there any more').waitFor();
    await story.page.getByRole('button', { name: 'Show Log' }).click();
    await story.page.getByRole('button', { name: 'Analyze Again' }).click();
    await story.page.waitForFunction('document.querySelector("[role=alert]") !== null');
    assert.deepEqual(
      story.host.calls.map(([method]) => method),
      ['showLog', 'analyzeAgain'],
    );
    await story.close();
  });

  for (const [name, options] of [
    ['resnet50-num-workers-0', {}],
    ['dlrm-8-ranks', { height: 1000 }],
  ] as const) {
    itWithShared(`shows ${name}`, [`kineto/${name}`], async ([path]) => {
      const story = await tell(await loadAnalysis(path), options);
      const picture = await story.page.screenshot();
      assert.deepEqual(story.errors, []);
      assert.ok(countColors(picture) > 100, 'the page is blank');
      await story.close();
    });
  }

  if (process.env['UPDATE_GOLDEN'] === '1') {
    it('gives the picture of the README', async () => {
      mkdirSync('media/pictures', { recursive: true });
      const story = await tell(simulated, { theme: 'dark', focusRank: 0, height: 1060 });
      await selectGap(story);
      writeFileSync('media/pictures/run-editor-dark.png', await story.page.screenshot());
      await story.close();
    });
  }
});
