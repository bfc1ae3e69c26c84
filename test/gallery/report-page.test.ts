import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, prepareChromium } from '../../scripts/chromium.mjs';
import { findingMarkdown } from '../../src/core/export/markdown.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { reportPage, type ReportProgram } from '../../src/files/report-page.ts';
import { keepUnits } from '../../webview/base/format.ts';
import { sharedFile } from '../support/shared-data.ts';
import { buildReportProgram } from './build-report.ts';
import { loadAnalysis } from './load-analysis.ts';
import { gpuRun, sampleRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

const NAME = '</script><script>window.wasHacked = true</script><!-- <script>';
const MB = 1e6;

interface Opened {
  readonly page: Page;
  readonly bytes: number;
  /** Requests other than for the file itself, errors, and what the policy refused. */
  readonly troubles: readonly string[];
  readonly close: () => Promise<void>;
}

describe('a saved report', function () {
  this.timeout(120_000);
  let browser: Browser;
  let program: ReportProgram;
  let folder: string;
  let run: Analysis;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'saved-report-'));
    browser = await chromium.launch({
      executablePath: await prepareChromium(),
      args: [...CHROMIUM_FLAGS],
    });
    [program, run] = await Promise.all([
      buildReportProgram(),
      gpuRun({ ranks: 2, steps: 20, operatorName: NAME }),
    ]);
  });

  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** From the disk, with no network at all. */
  async function open(
    analysis: Analysis,
    options: { readonly maxSpans?: number; readonly scheme?: 'dark' | 'light' } = {},
  ): Promise<Opened> {
    const path = join(folder, 'report.html');
    writeFileSync(path, (await reportPage(analysis, program, options.maxSpans)).join(''));
    const context = await browser.newContext({
      offline: true,
      viewport: { width: 1360, height: 930 },
      colorScheme: options.scheme ?? 'dark',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(path).href) {
        troubles.push(`asked for ${request.url()}`);
      }
    });
    await page.goto(pathToFileURL(path).href);
    await page.locator('.run-page').waitFor();
    await page.evaluate('whenIdle().then(() => whenIdle())');
    const { size: bytes } = statSync(path);
    return { page, bytes, troubles, close: async () => await context.close() };
  }

  const textsOf = async (page: Page, place: string) => await page.locator(place).allTextContents();

  async function colorsOf(page: Page): Promise<number> {
    return await page.locator('.track-canvas').evaluate((element) => {
      const canvas = element as unknown as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      }
      return seen.size;
    });
  }

  it('says from the disk, without a network, what the editor says', async () => {
    const { page, troubles, close } = await open(run);
    const gallery = await sharedGallery();
    const story = await gallery.show(run);
    for (const place of ['.verdict', '.finding h3', '.saving', '.number-table td', '.pill']) {
      const texts = await textsOf(page, place);
      assert.ok(texts.length > 0, place);
      assert.deepEqual(texts, await textsOf(story.page, place), place);
    }
    assert.ok((await colorsOf(page)) > 20, 'the timeline is painted');
    await story.close();
    assert.deepEqual(troubles, []);
    assert.equal(await page.evaluate('window.wasHacked'), undefined);
    await close();
  });

  it('moves, opens ranks, selects, searches and adds up by keyboard', async () => {
    const { page, troubles, close } = await open(run);
    const range = async () =>
      await page.evaluate<{ startNs: number; endNs: number }>(
        'whenIdle().then(() => JSON.parse(sessionStorage.getItem("training-sleuth " + location.pathname)).range)',
      );
    const before = await range();
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('w');
    const nearer = await range();
    for (let i = 0; i < 300; i++) {
      await page.keyboard.press(i % 2 === 0 ? 'd' : 'a');
    }
    await page.evaluate('whenIdle()');
    assert.ok(nearer.endNs - nearer.startNs < before.endNs - before.startNs);
    await page.keyboard.press('Enter');
    await page.locator('.details:not([hidden])').waitFor();
    await page.keyboard.press('o');
    await page.keyboard.press('/');
    await page.keyboard.type('cat:kernel');
    await page.locator('.search-bar output', { hasText: 'spans' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.locator('.area-panel tbody tr').first().waitFor();
    await page.reload();
    await page.locator('.run-page').waitFor();
    assert.deepEqual(await range(), nearer, 'the view is kept over a reload');
    assert.deepEqual(troubles, []);
    await close();
  });

  it('follows the color scheme, and leaves out what only an editor can do', async () => {
    for (const scheme of ['dark', 'light'] as const) {
      const { page, troubles, close } = await open(run, { scheme });
      assert.equal(await page.evaluate('document.body.className'), `vscode-${scheme}`);
      const background = await page.evaluate<string>(
        'getComputedStyle(document.body).backgroundColor',
      );
      const [red] = /\d+/.exec(background)!;
      assert.equal(Number(red) < 128, scheme === 'dark', background);
      assert.equal(await page.getByRole('button', { name: 'Analyze Again' }).count(), 0);
      await page
        .getByRole('button', { name: /^Go to / })
        .first()
        .click();
      await page.locator('.toast', { hasText: 'Open the run in VS Code' }).waitFor();
      assert.deepEqual(troubles, []);
      await close();
    }
  });

  it('saves tables and windows of its own', async () => {
    const { page, troubles, close } = await open(run);
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Steps' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'resnet-aug.steps.csv');
    assert.deepEqual(troubles, []);
    await close();
  });

  it('copies findings as Markdown', async () => {
    const { page, troubles, close } = await open(run);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page
      .getByRole('button', { name: /^Copy as Markdown/ })
      .first()
      .click();
    await page.locator('.toast', { hasText: 'Copied as Markdown' }).waitFor();
    assert.equal(
      await page.evaluate('navigator.clipboard.readText()'),
      findingMarkdown(run.report.findings[0], run.report),
    );
    assert.deepEqual(troubles, []);
    await close();
  });

  it('of a large run shows all ranks and what the findings rest on, and says what it lacks', async () => {
    const { page, troubles, close } = await open(run, { maxSpans: 100 });
    await page.getByText('The run is large').waitFor();
    assert.deepEqual(await textsOf(page, '.verdict'), [keepUnits(run.report.verdict.text)]);
    assert.ok((await colorsOf(page)) > 20, 'the timeline is painted');
    await page.locator('.track-canvas').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('conv');
    await page.locator('.toast', { hasText: 'Open the run itself in VS Code' }).waitFor();
    assert.deepEqual(troubles, []);
    await close();
  });

  for (const [what, load, most] of [
    ['the sample', sampleRun, 2],
    ['dlrm-8-ranks', () => loadShared('kineto/dlrm-8-ranks'), 20],
    ['resnet50-num-workers-0', () => loadShared('kineto/resnet50-num-workers-0'), 20],
  ] as const) {
    it(`of ${what} is no larger than ${most} MB`, async function () {
      const analysis = await load();
      if (analysis === null) {
        this.skip();
      }
      const { bytes, troubles, close } = await open(analysis);
      const spans = analysis.run.ranks.reduce((sum, { trace }) => sum + trace.spans.length, 0);
      this.test!.title += ` (${(bytes / MB).toFixed(2)} MB, ${spans} spans)`;
      assert.ok(bytes < most * MB);
      assert.deepEqual(troubles, []);
      await close();
    });
  }

  async function loadShared(path: string): Promise<Analysis | null> {
    const file = sharedFile(path);
    return file === null ? null : await loadAnalysis(file);
  }
});
