import assert from 'node:assert/strict';
import { plainSpaces } from '../support/plain-spaces.ts';
import { toRunTime } from '../../src/core/model/rank-clock.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const plain = (text: string) => plainSpaces(text).trim();

/** Analyzed steps of all ranks, the shortest first. */
function sortedSteps(analysis: Analysis) {
  return analysis.ranks
    .flatMap(({ rank, steps, clock }) =>
      Array.from({ length: steps.length }, (_, i) => ({
        rank,
        startNs: toRunTime(clock, steps.start[i]),
        durationNs: steps.end[i] - steps.start[i],
        isWarmup: steps.isWarmup[i] === 1,
      })),
    )
    .filter(({ isWarmup }) => !isWarmup)
    .sort((a, b) => a.durationNs - b.durationNs);
}

describe('the distribution of step times', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;

  before(async () => {
    [gallery, analysis] = await Promise.all([sharedGallery(), gpuRun({ ranks: 3, steps: 30 })]);
  });

  async function tell(width: number): Promise<Story> {
    const story = await gallery.show(analysis, { width });
    return story;
  }

  it('leads by keyboard to the step nearest to each percentile', async () => {
    const story = await tell(1360);
    const steps = sortedSteps(analysis);
    const tolerance = steps.length / 100;
    for (const [name, percent] of [
      ['p50', 50],
      ['p95', 95],
      ['p99', 99],
    ] as const) {
      await story.page.getByRole('button', { name: new RegExp(`^${name} `) }).focus();
      await story.page.keyboard.press('Enter');
      await settle(story);
      const { startNs, endNs } = await story.page.evaluate<{ startNs: number; endNs: number }>(
        'savedState.range',
      );
      const said = await story.page.locator('.only-read[role=status]').innerText();
      const rank = Number(/ of rank (\d+):/.exec(said)?.[1]);
      const shown = steps.findIndex(
        (step) =>
          step.rank === rank &&
          step.startNs > startNs &&
          step.startNs + step.durationNs < endNs &&
          (endNs - startNs) / step.durationNs < 1.2,
      );
      assert.ok(shown >= 0, `${name} shows no step`);
      const away = Math.abs(shown - (percent / 100) * (steps.length - 1));
      assert.ok(away <= Math.max(3, tolerance), `${name}: step ${shown} of ${steps.length}`);
    }
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('says of a bar how many steps it stands for, and goes to one of them', async () => {
    const story = await tell(1360);
    const canvas = story.page.locator('.distribution-canvas');
    const { width } = (await canvas.boundingBox())!;
    let title = '';
    for (let x = 3; x < width && !/ steps? of /.test(title); x += 5) {
      await canvas.hover({ position: { x, y: 40 } });
      title = plain((await canvas.getAttribute('title')) ?? '');
      await canvas.click({ position: { x, y: 40 } });
    }
    const [, count, from, to] = /^(\d+) steps? of ([\d.]+) ms to ([\d.]+) ms$/
      .exec(title)!
      .map(Number);
    const within = sortedSteps(analysis).filter(
      ({ durationNs }) => durationNs / 1e6 > from - 0.5 && durationNs / 1e6 < to + 0.5,
    );
    assert.ok(count > 0 && count <= within.length, title);
    await settle(story);
    const said = plain(await story.page.locator('.only-read[role=status]').innerText());
    const ms = Number(/: ([\d.]+) ms$/.exec(said)?.[1]);
    assert.ok(ms >= Math.floor(from) && ms <= Math.ceil(to), `${said} is not in ${title}`);
    await story.close();
  });

  for (const width of [1360, 400]) {
    it(`has labels that do not overlap and are not cut, ${width} px wide`, async () => {
      const story = await tell(width);
      const box = (await story.page.locator('.percentiles').boundingBox())!;
      const labels = await Promise.all(
        (await story.page.locator('.percentile').all()).map(
          async (label) => (await label.boundingBox())!,
        ),
      );
      assert.equal(labels.length, 3);
      labels.forEach((label, i) => {
        assert.ok(label.x >= box.x - 0.5 && label.x + label.width <= box.x + box.width + 0.5);
        assert.ok(label.y + label.height <= box.y + box.height + 1);
        for (const other of labels.slice(i + 1)) {
          const isBeside = label.x + label.width <= other.x || other.x + other.width <= label.x;
          const isBelow =
            label.y + label.height <= other.y + 1 || other.y + other.height <= label.y + 1;
          assert.ok(isBeside || isBelow, 'labels overlap');
        }
      });
      await story.close();
    });
  }
});
