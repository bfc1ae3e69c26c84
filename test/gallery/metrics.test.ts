import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Gallery, settle } from './gallery.ts';
import { loadAnalysis } from './load-analysis.ts';
import { sharedGallery } from './shared-gallery.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/metrics');

describe('metrics and the health of a trace on the page', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => {
    gallery = await sharedGallery();
  });

  it('shows metrics alone as counters, with what they are and no empty panels', async () => {
    const story = await gallery.show(await loadAnalysis(join(FIXTURES, 'nvidia-smi.csv')));
    const { page, errors } = story;
    await settle(story);
    const text = (await page.locator('.run-page').textContent()) ?? '';
    assert.match(text, /These are values over time/);
    assert.match(text, /These are metrics: values over time, without a timeline of operations/);
    assert.doesNotMatch(text, /Breakdown|Distribution|One step, explained/i);
    for (const name of ['gpu 0 power.draw [W]', 'gpu 1 utilization.gpu [%]']) {
      assert.equal(
        await page.getByRole('button', { name: `${name}, of rank 0`, exact: true }).count(),
        1,
        name,
      );
    }
    assert.deepEqual(errors, []);
    await story.close();
  });

  it('shows what is wrong with a poor trace before its findings, and metrics beside it', async () => {
    const story = await gallery.show(await loadAnalysis(join(FIXTURES, 'lost')));
    const { page, errors } = story;
    await settle(story);
    const text = (await page.locator('.run-page').textContent()) ?? '';
    const notes = text.indexOf('Notes on the trace');
    assert.ok(notes >= 0 && notes < text.search(/Findings/));
    assert.ok(
      await page
        .locator('.notes')
        .first()
        .evaluate((element) => element.hasAttribute('open')),
    );
    const faultAt = readFileSync(join(FIXTURES, 'lost/lost.pt.trace.json')).indexOf(
      '{"ph":"X","cat":"cpu_op","name":"aten::add"',
    );
    for (const part of [
      /The profiler lost part of its recording, by its own words: “Dropped 12 activity records”/,
      new RegExp(`lost.pt.trace.json, byte ${faultAt}, dropped: this event has no time`),
      /The profiler’s own work: 10\.0\u202f% of the analyzed steps.*\(Buffer Flush 1 ×, 100\u202fµs\)/,
      /gpu\.csv \(CSV\) lies beside the run: 2 of 2 values are shown as counters/,
      /What recording more would add/,
    ]) {
      assert.match(text, part);
    }
    assert.equal(
      await page.getByRole('button', { name: 'power.draw [W], of rank 0', exact: true }).count(),
      1,
    );
    assert.deepEqual(errors, []);
    await story.close();
  });
});
