import assert from 'node:assert/strict';
import type { Analysis } from '../../src/core/model/tables.ts';
import { computeOverview } from '../../src/core/timeline/overview.ts';
import { identityOf } from '../../webview/run-identity.ts';
import { type Gallery, settle, type Story } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

describe('ranks on the timeline', function () {
  this.timeout(120_000);
  let gallery: Gallery;
  let run: Analysis;

  before(async () => {
    gallery = await sharedGallery();
    run = await gpuRun({ ranks: 4, steps: 20 });
  });

  /** A collective in the middle of the run, as rank 0 had it. */
  function collective() {
    const match = run.matches.filter(({ spans }) => spans.every((span) => span >= 0))[40];
    return { match, selection: { kind: 'span', rank: 0, index: match.spans[0] } };
  }

  async function tell(): Promise<Story> {
    const { match, selection } = collective();
    const state = {
      selection,
      range: { startNs: match.start[0] - 20e6, endNs: match.end[0] + 20e6 },
      openRanks: [],
      marks: [],
      run: identityOf({ report: run.report, overview: computeOverview(run) } as never),
    };
    const story = await gallery.show(run, { state });
    await story.page.locator('.track-canvas').focus();
    return story;
  }

  async function press(story: Story, ...keys: string[]): Promise<void> {
    for (const key of keys) {
      await story.page.keyboard.press(key);
      await settle(story);
    }
  }

  it('are aligned on a collective or a step by keyboard, and given up after the selection', async () => {
    const story = await tell();
    const bar = story.page.locator('.align-bar');
    assert.equal(await bar.isVisible(), false);
    const range = await story.page.evaluate('JSON.stringify(savedState.range)');
    await press(story, 'l');
    assert.match(await bar.innerText(), /^Aligned on the begin of this collective, as on rank 0/);
    assert.equal(await story.page.evaluate('JSON.stringify(savedState.range)'), range);
    await bar.getByRole('button', { name: /^Align on the end/ }).click();
    assert.match(await bar.innerText(), /^Aligned on the end of this collective/);
    await press(story, 'Escape');
    assert.equal(await story.page.evaluate('savedState.selection'), null);
    assert.ok(await bar.isVisible(), 'the selection goes first');
    await press(story, 'Escape');
    assert.equal(await bar.isVisible(), false);
    await press(story, 'Shift+L');
    assert.match(await bar.innerText(), /^Aligned on the begin of step \d+, as on rank 0\./);
    await story.page.getByRole('button', { name: 'Show each rank when it was' }).click();
    assert.equal(await bar.isVisible(), false);
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('have the same collective, which J goes round in the order in which they came', async () => {
    const story = await tell();
    const { match } = collective();
    const order = [0, 1, 2, 3].sort((a, b) => match.start[a] - match.start[b]);
    const panel = story.page.locator('.details-collective');
    const lead = match.start[order[3]] - match.start[order[2]];
    assert.match(await panel.innerText(), new RegExp(`rank ${order[3]} came last`));
    assert.ok(lead > 0);
    for (let i = 1; i <= 4; i++) {
      await press(story, 'j');
      const at = order[(order.indexOf(0) + i) % 4];
      assert.deepEqual(await story.page.evaluate('savedState.selection'), {
        kind: 'span',
        rank: at,
        index: match.spans[at],
      });
    }
    await press(story, 'Shift+J');
    const title = await story.page.locator('.selected-name').innerText();
    assert.match(title, /^cuda/, 'the launch of the kernel');
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('stay aligned where the page is shown again', async () => {
    const story = await tell();
    await press(story, 'Shift+L', 't');
    const told = await story.page.locator('.align-bar').innerText();
    const state = await story.page.evaluate('savedState');
    await story.close();
    const again = await gallery.tell(run, { state });
    await again.page.locator('.run-page').waitFor();
    await settle(again);
    assert.equal(await again.page.locator('.align-bar').innerText(), told);
    await press(again, 'Escape', 'Escape');
    assert.match(await again.page.locator('.ruler-side').innerText(), /since step$/);
    assert.deepEqual(again.errors, []);
    await again.close();
  });

  it('share a ruler that says how much is in view, and from where times count', async () => {
    const story = await tell();
    const side = story.page.locator('.ruler-side');
    const { startNs, endNs } = await story.page.evaluate<{ startNs: number; endNs: number }>(
      'savedState.range',
    );
    const text = (await side.innerText()).replaceAll('\u202f', ' ');
    assert.equal(text, `${Math.round((endNs - startNs) / 1e6)} ms in view\nsince run`);
    await press(story, 't');
    assert.match(await side.innerText(), /since step$/);
    await press(story, 'l');
    assert.doesNotMatch(await side.innerText(), /since/);
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  it('show the same span at the same place for as long as they are not aligned', async () => {
    const story = await tell();
    const canvas = story.page.locator('.track-canvas');
    const before = await canvas.screenshot();
    await press(story, 'l');
    const aligned = await canvas.screenshot();
    await press(story, 'l');
    assert.ok(!aligned.equals(before));
    assert.ok((await canvas.screenshot()).equals(before));
    await story.close();
  });
});
