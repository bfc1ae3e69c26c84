import assert from 'node:assert/strict';
import { type Gallery, settle, type Story } from './gallery.ts';
import { sampleRun } from './stories.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { sharedGallery } from './shared-gallery.ts';

/** The samples of a counter of the first rank, straight from its columns, in time order. */
function samplesOf({ run, ranks, startNs }: Analysis, name: string) {
  const { counters, strings } = run.ranks[0].trace;
  const { offsetNs } = ranks[0].clock;
  return Array.from(counters.time, (time, i) => ({
    timeNs: time + offsetNs - startNs,
    name: strings[counters.series[i]],
    value: counters.value[i],
  }))
    .filter((sample) => sample.name === name)
    .sort((a, b) => a.timeNs - b.timeNs);
}

describe('counters on the timeline', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let story: Story;
  let run: Analysis;

  before(async () => {
    gallery = await sharedGallery();
    run = await sampleRun();
  });

  beforeEach(async () => {
    story = await gallery.show(run);
  });

  afterEach(async () => await story.close());

  it('tell the value under the pointer, which is that of the last sample before it', async () => {
    const { page } = story;
    await page.locator('[data-rank="0"]').click();
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('0');
    await settle(story);
    const label = page.getByRole('button', { name: 'loss, of rank 0', exact: true });
    await label.scrollIntoViewIfNeeded();
    const canvas = (await page.locator('.track-canvas').boundingBox())!;
    const { y, height } = (await label.boundingBox())!;
    const samples = samplesOf(run, 'loss');
    assert.ok(samples.length > 3);
    const pixelNs = (run.endNs - run.startNs) / canvas.width;
    const at = samples[2].timeNs + 20 * pixelNs;
    assert.ok(at < samples[3].timeNs);
    await page.mouse.move(canvas.x + at / pixelNs, y + height / 2);
    const text = await page.locator('.tooltip').innerText();
    const values = samples.map((sample) => sample.value);
    const [least, most] = [Math.min(...values), Math.max(...values)].map((end) =>
      Number(end.toPrecision(3)),
    );
    assert.equal(
      await label.getAttribute('aria-description'),
      `loss: ${least} to ${most}, ${samples.length} samples`,
    );
    const value = Number(samples[2].value.toPrecision(3));
    assert.ok(text.startsWith(`loss\n${value} · at `), text);
    assert.deepEqual(story.errors, []);
  });

  it('are asked for only where they are in sight, and found by the filter', async () => {
    const { page } = story;
    assert.equal(story.host.calls.filter(([method]) => method === 'readCounters').length, 0);
    await page.getByRole('textbox', { name: /^Filter tracks/ }).fill('accuracy');
    await settle(story);
    await page.waitForFunction('whenIdle().then(() => true)');
    assert.ok(story.host.calls.some(([method]) => method === 'readCounters'));
    assert.deepEqual(await page.locator('.lane-name').allInnerTexts(), [
      'accuracy_percent',
      'accuracy_percent',
    ]);
  });
});
