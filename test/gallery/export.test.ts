import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import type { Analysis } from '../../src/core/model/tables.ts';
import { type Gallery, settle, type Story, type StoryOptions } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const NAME = '</text><script>window.wasHacked = true</script>';

describe('what the page exports', function () {
  this.timeout(60_000);
  let gallery: Gallery;
  let analysis: Analysis;
  let story: Story;

  before(async () => {
    [gallery, analysis] = await Promise.all([
      sharedGallery(),
      gpuRun({ ranks: 2, steps: 20, operatorName: NAME }),
    ]);
  });

  afterEach(async () => {
    assert.deepEqual(story.errors, []);
    await story.close();
  });

  async function open(options: StoryOptions = {}) {
    story = await gallery.show(analysis, options);
    return story.page;
  }

  /** By keyboard, as who does not use a mouse: from the button to the item whose name begins so. */
  async function choose(name: string) {
    const { page, host } = story;
    const before = host.wishes.length;
    await page.getByRole('button', { name: 'Export' }).focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name });
    await item.waitFor();
    for (let i = 0; i < 12; i++) {
      if (await item.evaluate((element) => element === document.activeElement)) {
        break;
      }
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.getByText(/^run\.\w+ was saved$/).waitFor({ state: 'attached' });
    while (host.wishes.length === before) {
      await settle(story);
    }
    return host.wishes[before];
  }

  for (const width of [400, 1360]) {
    it(`is chosen from a menu that is whole at ${width} px, each item on one line`, async () => {
      const page = await open({ width, height: 600 });
      await page.getByRole('button', { name: 'Export' }).click();
      const menu = (await page.getByRole('menu', { name: 'Export' }).boundingBox())!;
      assert.ok(menu.x >= 0 && menu.x + menu.width <= width, `${menu.x} + ${menu.width}`);
      assert.ok(menu.y >= 0 && menu.y + menu.height <= 600);
      const heights = await page
        .getByRole('menuitem')
        .evaluateAll((items) => items.map((item) => item.getBoundingClientRect().height));
      assert.equal(heights.length, 10);
      assert.equal(new Set(heights).size, 1, heights.join());
    });
  }

  it('is chosen from a menu by keyboard, which Escape closes', async () => {
    const page = await open();
    const button = page.getByRole('button', { name: 'Export' });
    await button.focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('menu', { name: 'Export' });
    await menu.waitFor();
    await page.getByRole('button', { name: 'Export', expanded: true }).waitFor();
    const range = await page.evaluate('JSON.stringify(savedState.range)');
    await page.keyboard.press('End');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Gaps');
    await page.keyboard.press('s');
    assert.match(String(await page.evaluate('document.activeElement.textContent')), /^S/);
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Export', expanded: false }).waitFor();
    assert.equal(
      await page.evaluate('JSON.stringify(savedState.range)'),
      range,
      'the timeline slept',
    );
    await button.click();
    await page.locator('.verdict').click();
    await menu.waitFor({ state: 'hidden' });
  });

  for (const theme of ['dark', 'light'] as const) {
    it(`draws the timeline as a picture of twice the pixels, ${theme}`, async () => {
      const page = await open({ theme, state: { range: null, selection: null, openRanks: [0] } });
      const wish = await choose('Picture (PNG)');
      assert.ok(wish.kind === 'png');
      const png = PNG.sync.read(Buffer.from(wish.picture));
      const tracks = (await page.locator('.tracks').boundingBox())!;
      assert.ok(Math.abs(png.width - 2 * (tracks.width + 32)) <= 2, `${png.width} px wide`);
      const colors = new Set<string>();
      for (let i = 0; i < png.data.length; i += 4) {
        colors.add(png.data.subarray(i, i + 4).toString('hex'));
      }
      assert.ok(colors.size > 50, `${colors.size} colors`);
    });
  }

  it('draws it as an SVG with the same words, hatches and boxes, and no markup of a trace', async () => {
    const page = await open({ state: { range: null, selection: null, openRanks: [0] } });
    const wish = await choose('Picture (SVG)');
    assert.ok(wish.kind === 'svg');
    const facts = await page.evaluate<{ [name: string]: unknown }>(`(() => {
      const svg = new DOMParser().parseFromString(${JSON.stringify(wish.picture)}, 'image/svg+xml');
      const texts = [...svg.querySelectorAll('text')].map((element) => element.textContent);
      return {
        failed: svg.querySelector('parsererror')?.textContent ?? '',
        texts,
        scripts: svg.querySelectorAll('script, image, foreignObject').length,
        patterns: svg.querySelectorAll('pattern').length,
        hatched: svg.querySelectorAll('[fill^="url(#hatch"]').length,
        boxes: svg.querySelectorAll('path, rect').length,
        title: svg.querySelector('title').textContent,
      };
    })()`);
    assert.equal(facts['failed'], '');
    const texts = facts['texts'] as string[];
    assert.ok(texts.includes('resnet-aug'));
    for (const name of ['rank 0', 'rank 1']) {
      assert.ok(
        texts.some((text) => text.endsWith(name)),
        name,
      );
    }
    assert.ok(texts.some((text) => text.includes('shown')));
    assert.ok(texts.includes('forward'), 'the legend');
    assert.equal(facts['scripts'], 0);
    assert.ok(Number(facts['patterns']) >= 1 && Number(facts['hatched']) >= 1);
    assert.ok(Number(facts['boxes']) > 100, `${String(facts['boxes'])} boxes`);
    assert.match(String(facts['title']), /^resnet-aug: .*steps \d+ to \d+ · 2 ranks$/);
    const again = await choose('Picture (SVG)');
    assert.deepEqual(again, wish, 'the same view is the same picture');
  });

  it('looks the same as SVG and as PNG', async () => {
    const page = await open({ state: { range: null, selection: null, openRanks: [0] } });
    const svg = await choose('Picture (SVG)');
    const png = await choose('Picture (PNG)');
    assert.ok(svg.kind === 'svg' && png.kind === 'png');
    const drawn = PNG.sync.read(Buffer.from(png.picture));
    const other = await page.context().browser()!.newPage();
    await other.setViewportSize({ width: drawn.width, height: drawn.height });
    await other.setContent(
      `<body style="margin:0"><div style="zoom:2">${svg.picture}</div></body>`,
    );
    const shot = PNG.sync.read(await other.screenshot());
    await other.close();
    let different = 0;
    for (let i = 0; i < drawn.data.length; i += 4) {
      const far = [0, 1, 2].some((c) => Math.abs(drawn.data[i + c] - shot.data[i + c]) > 48);
      different += far ? 1 : 0;
    }
    const share = different / (drawn.data.length / 4);
    if (process.env['KEEP_PICTURES'] !== undefined) {
      writeFileSync('/tmp/export.png', Buffer.from(png.picture));
      writeFileSync('/tmp/export-svg.png', PNG.sync.write(shot));
      writeFileSync('/tmp/export.svg', svg.picture);
    }
    assert.ok(share < 0.04, `${(share * 100).toFixed(1)} % of the pixels differ`);
  });

  it('asks for the spans in view of all ranks, or of the area that is chosen', async () => {
    const page = await open();
    const wish = await choose('Spans for Perfetto');
    const range = await page.evaluate<object>('savedState.range');
    assert.deepEqual(wish, {
      kind: 'chrome',
      ...range,
      rows: [0, 1].map((rank) => ({ rank, lane: -1, shiftNs: 0 })),
    });
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('e');
    const area = await choose('Spans for Perfetto');
    assert.ok(area.kind === 'chrome' && area.rows.length >= 2);
  });

  it('asks for each table, and does what a command of the palette wants', async () => {
    await open();
    assert.deepEqual(await choose('Gaps'), { kind: 'csv', table: 'gaps' });
    assert.deepEqual(await choose('Report as one HTML'), { kind: 'html' });
    await story.host.channel.remote.exportWanted({ kind: 'svg' });
    assert.equal(story.host.wishes.at(-1)?.kind, 'svg');
  });

  it('copies a finding as Markdown', async () => {
    const page = await open();
    await page
      .getByRole('button', { name: /^Copy as Markdown/ })
      .nth(1)
      .click();
    await page.locator('.toast', { hasText: 'Copied as Markdown' }).waitFor();
    assert.deepEqual(
      story.host.calls.filter(([method]) => method === 'copyFinding'),
      [['copyFinding', 1]],
    );
  });

  it('lets text be selected and copied: findings, numbers, details', async () => {
    const page = await open();
    await page.locator('.track-canvas').click({ position: { x: 400, y: 14 } });
    await page.locator('.details:not([hidden])').waitFor();
    await page.evaluate(
      `for (const element of document.querySelectorAll('details')) element.open = true`,
    );
    for (const place of [
      '.verdict',
      '.finding p',
      '.number-table',
      '.details .facts',
      '.notes li',
    ]) {
      const [shown, copied] = await page.evaluate<[string, string]>(`(() => {
        const element = document.querySelector(${JSON.stringify(place)});
        getSelection().selectAllChildren(element);
        return [element.innerText, getSelection().toString()];
      })()`);
      assert.ok(shown.trim().length > 3, place);
      assert.equal(copied.replaceAll(/\s/g, ''), shown.replaceAll(/\s/g, ''), place);
    }
  });
});
