import assert from 'node:assert/strict';
import { plainSpaces } from '../support/plain-spaces.ts';
import { GAP_CAUSES } from '../../src/core/model/report.ts';
import { toRunTime } from '../../src/core/model/rank-clock.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const plain = (text: string) => plainSpaces(text).trim();

/** Of a step as the page names it: its length and the idle time in it that is for data, in ms. */
function measure(analysis: Analysis, title: string) {
  const [, number, rank] = /step (\d+) of rank (\d+)/.exec(title)!.map(Number);
  const { steps, gaps, clock } = analysis.ranks.find((tables) => tables.rank === rank)!;
  const row = steps.number.indexOf(number);
  const [from, to] = [steps.start[row], steps.end[row]];
  let waitNs = 0;
  for (let i = 0; i < gaps.length; i++) {
    if (GAP_CAUSES[gaps.cause[i]] === 'data') {
      waitNs += Math.max(0, Math.min(gaps.end[i], to) - Math.max(gaps.start[i], from));
    }
  }
  return { startNs: toRunTime(clock, from), ms: (to - from) / 1e6, waitMs: waitNs / 1e6 };
}

describe('one step explained', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;
  let story: Story;

  before(async () => {
    [gallery, analysis] = await Promise.all([sharedGallery(), gpuRun({ ranks: 3, steps: 30 })]);
  });

  beforeEach(async () => {
    story = await gallery.show(analysis);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  const titles = async () =>
    (await story.page.locator('.explained-title').allInnerTexts()).map(plain);

  it('is told twice, with the times that the trace has and what is longer in the slow one', async () => {
    const [typicalTitle, slowTitle] = await titles();
    const [typical, slow] = [typicalTitle, slowTitle].map((title) => measure(analysis, title));
    assert.ok(typicalTitle.startsWith(`${Math.round(typical.ms)} ms`), typicalTitle);
    assert.ok(typicalTitle.endsWith('typical (p50)'), typicalTitle);
    assert.ok(slowTitle.startsWith(`${Math.round(slow.ms)} ms`), slowTitle);
    assert.match(slowTitle, /slow \(p95\)/);
    const more = Math.round(slow.waitMs - typical.waitMs);
    assert.ok(more > 20 && slowTitle.endsWith(`+${more} ms waiting for data`), slowTitle);
    const all = analysis.ranks.flatMap(({ steps }) =>
      Array.from({ length: steps.length }, (_, i) => (steps.end[i] - steps.start[i]) / 1e6),
    );
    const slower = all.filter((ms) => ms > slow.ms).length;
    assert.ok(slower / all.length < 0.1, `${slower} of ${all.length} are slower`);
  });

  it('draws both on one scale, the slow one as long as the axis', async () => {
    const [typical, slow] = (await titles()).map((title) => measure(analysis, title));
    const ends = await story.page.locator('.explained-canvas').evaluateAll((canvases) =>
      canvases.map((element) => {
        const canvas = element as unknown as {
          width: number;
          height: number;
          getContext(kind: string): {
            getImageData(...box: number[]): { data: Uint8ClampedArray };
          };
        };
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
        let last = 0;
        for (let i = 3; i < data.length; i += 4) {
          if (data[i] > 200) {
            last = Math.max(last, ((i - 3) / 4) % width);
          }
        }
        return last;
      }),
    );
    const labelPx = 50;
    const ratio = (ends[0] - labelPx) / (ends[1] - labelPx);
    assert.ok(Math.abs(ratio - typical.ms / slow.ms) < 0.01, `${ratio}`);
  });

  it('goes to either step by keyboard, and says so', async () => {
    for (const kind of [/typical \(p50\)$/, /slow \(p95\)$/]) {
      const button = story.page.getByRole('button', { name: kind });
      await button.focus();
      await story.page.keyboard.press('Enter');
      await settle(story);
      const { startNs, ms } = measure(analysis, (await button.textContent())!);
      const range = await story.page.evaluate<{ startNs: number; endNs: number }>(
        'savedState.range',
      );
      assert.ok(range.startNs <= startNs && range.endNs >= startNs + ms * 1e6);
      assert.ok(range.endNs - range.startNs < 1.2 * ms * 1e6);
      const said = plain(await story.page.locator('.only-read[role=status]').innerText());
      assert.match(said, /^Step \d+ of rank \d+: \d+ ms$/);
    }
  });

  it('leaves most of the page to the rest', async () => {
    const hero = (await story.page.locator('.hero').boundingBox())!;
    const timeline = (await story.page.locator('.timeline').boundingBox())!;
    assert.ok(hero.height < 250, `${hero.height} px`);
    assert.ok(timeline.y < 660, `the timeline begins at ${timeline.y} px of 930`);
  });
});
