import assert from 'node:assert/strict';
import { plainSpaces } from '../support/plain-spaces.ts';
import { GAP_CAUSES } from '../../src/core/model/report.ts';
import { type Analysis, DEVICE_CLASSES } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { manyRanks } from './many-ranks.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const plain = (text: string) => plainSpaces(text).trim();

/** Time of each class and each cause in the analyzed steps of some ranks, and of these steps, added up anew. */
function addUp(analysis: Analysis, isWanted: (rank: number) => boolean) {
  const times = new Map<string, number>();
  let totalNs = 0;
  for (const { rank, steps, busy, gaps } of analysis.ranks) {
    for (let step = 0; isWanted(rank) && step < steps.length; step++) {
      if (steps.isWarmup[step] === 1) {
        continue;
      }
      const add = (name: string, from: number, to: number) => {
        const shared = Math.min(to, steps.end[step]) - Math.max(from, steps.start[step]);
        times.set(name, (times.get(name) ?? 0) + Math.max(0, shared));
      };
      totalNs += steps.end[step] - steps.start[step];
      for (let i = 0; i < busy.length; i++) {
        add(DEVICE_CLASSES[busy.kind[i]], busy.start[i], busy.end[i]);
      }
      for (let i = 0; i < gaps.length; i++) {
        add(`idle ${GAP_CAUSES[gaps.cause[i]]}`, gaps.start[i], gaps.end[i]);
      }
    }
  }
  return (name: string) => (100 * (times.get(name) ?? 0)) / totalNs;
}

describe('the breakdown of the steps', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;
  let story: Story;

  before(async () => {
    [gallery, analysis] = await Promise.all([sharedGallery(), gpuRun({ ranks: 3, steps: 20 })]);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  async function open(run: Analysis, options: StoryOptions = {}) {
    story = await gallery.show(run, options);
    return story.page.locator('.breakdown');
  }

  /** Of the legend: name, share in percent and time with its unit. */
  async function legend() {
    const rows = await story.page.locator('.breakdown-legend tr').all();
    return await Promise.all(
      rows.map(async (row) => {
        const cells = (await row.locator('th, td').allInnerTexts()).map(plain);
        return { name: cells[0], percent: parseFloat(cells[1]), time: cells[2] };
      }),
    );
  }

  it('has the shares that the trace has, and they sum to 100 %', async () => {
    await open(analysis);
    const share = addUp(analysis, () => true);
    const rows = await legend();
    const told = new Map(rows.map(({ name, percent }) => [name, percent]));
    for (const [name, key] of [
      ['compute', 'compute'],
      ['exposed communication', 'communication'],
      ['idle: data', 'idle data'],
    ] as const) {
      assert.ok(Math.abs((told.get(name) ?? -1) - share(key)) < 0.11, `${name} ${share(key)}`);
    }
    const parts = rows.slice(0, -1).reduce((sum, { percent }) => sum + percent, 0);
    assert.equal(parts.toFixed(1), '100.0');
    const mean = Math.round(analysis.report.stepTime!.meanNs / 1e6);
    assert.deepEqual(rows.at(-1), { name: 'a step', percent: 100, time: `${mean} ms` });
  });

  it('reads each rank out as an item of a list', async () => {
    const panel = await open(analysis);
    const items = (await panel.getByRole('listitem').allTextContents()).map(plain);
    assert.equal(items.length, 3);
    items.forEach((text, rank) => {
      const share = addUp(analysis, (other) => other === rank);
      const [, percent] = /compute ([\d.]+) %/.exec(text)!.map(Number);
      assert.match(text, new RegExp(`^rank ${rank}`));
      assert.ok(Math.abs(percent - share('compute')) < 0.11, text);
    });
  });

  it('draws bars as long as their shares, and explains each', async () => {
    const panel = await open(analysis);
    const bar = panel.locator('.bar').nth(2);
    const { width } = (await bar.boundingBox())!;
    const waiting = bar.locator('.segment[title*="idle: data"]');
    const share = addUp(analysis, (rank) => rank === 2)('idle data');
    const drawn = (100 * (await waiting.boundingBox())!.width) / width;
    assert.ok(Math.abs(drawn - share) < 1.5, `${drawn} % of the bar for ${share} %`);
    assert.match(
      plain((await waiting.getAttribute('title')) ?? ''),
      /^rank 2: idle: data [\d.]+ % · \d+ ms a step$/,
    );
  });

  it('is divided by layers and by causes on demand, by keyboard, and that is kept', async () => {
    const panel = await open(analysis);
    await panel.getByRole('button', { name: 'layers' }).press('Enter');
    await settle(story);
    const layers = await legend();
    const { dataPercent, orchestrationPercent } = analysis.report.layers!;
    assert.deepEqual(
      layers.map(({ name }) => name),
      ['data', 'compute', 'orchestration', 'a step'],
    );
    assert.ok(Math.abs(layers[0].percent - dataPercent) < 0.11);
    assert.ok(Math.abs(layers[2].percent - orchestrationPercent) < 0.11);
    await panel.getByRole('button', { name: 'causes of idle' }).press('Enter');
    await settle(story);
    const causes = await legend();
    const share = addUp(analysis, () => true);
    const idle = GAP_CAUSES.reduce((sum, cause) => sum + share(`idle ${cause}`), 0);
    assert.ok(Math.abs(causes[0].percent - (100 * share('idle data')) / idle) < 0.11);
    const idleMs = Math.round((idle / 100) * (analysis.report.stepTime!.meanNs / 1e6));
    assert.deepEqual(causes.at(-1), {
      name: 'idle time of a step',
      percent: 100,
      time: `${idleMs} ms`,
    });
    const state = await story.page.evaluate('savedState');
    await story.close();
    const again = await open(analysis, { state });
    const kept = again.getByRole('button', { name: 'causes of idle' });
    assert.equal(await kept.getAttribute('aria-pressed'), 'true');
  });

  it('is told as a table with its formulas, rows of which sum to 100 %', async () => {
    const panel = await open(analysis);
    await panel.getByRole('button', { name: 'table and formulas' }).press('Enter');
    const rows = await panel.locator('.breakdown-table tbody tr').all();
    assert.equal(rows.length, 4);
    for (const row of rows) {
      const cells = (await row.locator('td').allInnerTexts()).map((text) => parseFloat(text));
      const sum = cells.slice(0, -1).reduce((total, percent) => total + percent, 0);
      assert.equal(sum.toFixed(1), '100.0');
      assert.equal(cells.at(-1), 100);
    }
    const formulas = await panel.locator('.formulas').innerText();
    assert.ok(formulas.includes(analysis.report.formulas!['ranks.*.breakdown.computePercent']));
    story.host.generation = 2;
    await story.host.channel.remote.runChanged({ generation: 2 });
    await settle(story);
    assert.equal(await panel.locator('.breakdown-table tbody tr').count(), 4, 'a new run keeps it');
  });

  it('tells 1,024 ranks by their extremes and a sentence, all of them in the table', async () => {
    const like = await gpuRun({ ranks: 1, steps: 6 });
    const stragglers = new Map([[716, 0.3]]);
    const run = manyRanks(like, { ranks: 1024, steps: 20, stragglers, isSynchronous: true });
    const panel = await open(run);
    const text = plain(await panel.locator('.breakdown-bars').innerText());
    assert.match(text, /^Of 1 024 ranks: .+ differs most, by [\d.]+ % of the step\./);
    assert.match(text, /(least|most) [\d.]+ % · rank 716/);
    assert.equal(await panel.getByRole('listitem').count(), 4);
    await panel.getByRole('button', { name: 'table and formulas' }).click();
    assert.equal(await panel.locator('.breakdown-table tbody tr').count(), 1025);
  });

  for (const width of [1360, 400]) {
    it(`is neither cut nor wider than the page, ${width} px wide`, async () => {
      const panel = await open(analysis, { width });
      await panel.getByRole('button', { name: 'table and formulas' }).click();
      await settle(story);
      const cut = await story.page.evaluate<string[]>(`[...document.querySelectorAll(
          '.breakdown .segment, .breakdown-legend, .breakdown-head, .bar-name')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.textContent)`);
      assert.deepEqual(cut, []);
      const overflow = await story.page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
    });
  }
});
