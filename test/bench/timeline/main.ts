import { cpus, loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, prepareChromium } from '../../../scripts/chromium.mjs';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { bundlePage } from '../../gallery/bundle-page.ts';
import { PageHost } from '../../gallery/page-host.ts';
import { makeBigRun } from './big-run.ts';
import { DRIVE, type Way } from './drive.ts';
import { PageServer } from '../../gallery/page-server.ts';

const RANKS = Number(process.env['BENCH_RANKS'] ?? 64);
const SPANS = Number(process.env['BENCH_SPANS'] ?? 10e6);
const FRAMES = 240;
/** A frame at 60 Hz, and the half millisecond by which its clock wanders. */
const FRAME_MS = 1000 / 60 + 0.5;

/** A wheel event of 40 comes nearer by 6 %: 90 of them from the whole run to a step. */
const TOUR = [
  ['scrolling', 240],
  ['panning', 120],
  ['zooming in', 60],
  ['panning', 240],
  ['zooming in', 30],
  ['panning', 240],
  ['panning fast', 240],
  ['scrolling', 240],
  ['zooming in', 90],
  ['panning', 120],
  ['zooming out', 180],
  ['keys W and S', 240],
] as const satisfies readonly (readonly [Way, number])[];

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

async function measureWay(page: Page, way: Way, frames = FRAMES): Promise<string> {
  const bytesBefore = await page.evaluate<number>('window.answeredBytes');
  const load = loadavg()[0];
  const measured = await page.evaluate<[number, number][]>(
    `driveTimeline(${JSON.stringify(way)}, ${frames})`,
  );
  const times = measured.map(([time]) => time);
  const work = measured.map(([, time]) => time);
  const bytes = (await page.evaluate<number>('window.answeredBytes')) - bytesBefore;
  const inTime = times.filter((time) => time <= FRAME_MS).length / times.length;
  const cells = [
    `${quantile(times, 0.5).toFixed(1)} ms`,
    `${quantile(times, 0.95).toFixed(1)} ms`,
    `${Math.max(...times).toFixed(0)} ms`,
    `${(100 * inTime).toFixed(1)} %`,
    `${quantile(work, 0.5).toFixed(1)} ms`,
    `${quantile(work, 0.95).toFixed(1)} ms`,
    `${(bytes / 1e6).toFixed(1)} MB`,
    load.toFixed(1),
  ];
  return `${way.padEnd(22)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}

async function memoryOf(browser: Browser, page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) =>
      Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0),
    );
  return `${(usedSize / 2 ** 20).toFixed(0)} MiB of objects, ${(Math.max(...sizes) / 1024).toFixed(0)} MiB of the process's own`;
}

/** Of many ranks the page shows a few at first. */
async function showAllRanks(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /^Show all .* ranks$/ });
  if ((await button.count()) > 0) {
    await button.click();
    await page.evaluate('whenIdle()');
  }
}

async function main(): Promise<void> {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const run = makeBigRun(RANKS, SPANS);
  const count = run.ranks.reduce((sum, { trace }) => sum + trace.spans.length, 0);
  const began = performance.now();
  const analysis = analyzeRun(run);
  print(
    `${count} spans on ${RANKS} ranks; analyzed in ${((performance.now() - began) / 1000).toFixed(1)} s.`,
  );
  print(
    `${cpus().length} processors: ${cpus()[0]?.model ?? ''}; Chromium draws with the processor alone.`,
  );
  const server = new PageServer(await bundlePage({ minify: true }));
  const host = new PageHost(server, analysis);
  const url = await server.start();
  const browser = await chromium.launch({
    executablePath: await prepareChromium(),
    args: [...CHROMIUM_FLAGS],
  });
  try {
    for (const ratio of [1, 2]) {
      const page = await browser.newPage({
        viewport: { width: 1360, height: 930 },
        deviceScaleFactor: ratio,
      });
      page.on('pageerror', (error) => print(`the page failed: ${error.message}`));
      const opened = performance.now();
      await page.goto(url);
      await page.locator('.run-page').waitFor();
      await page.evaluate('whenIdle().then(() => whenIdle())');
      print(
        `\nAt ${ratio} device pixels a pixel: first picture after ${(performance.now() - opened).toFixed(0)} ms.`,
      );
      await showAllRanks(page);
      await page.evaluate(DRIVE);
      print(
        `${''.padEnd(22)}${['median', 'p95', 'longest', 'in 16.7 ms', 'work', 'work p95', 'answers', 'load'].map((name) => name.padStart(11)).join('')}`,
      );
      const tell = async (way: Way, frames?: number) => print(await measureWay(page, way, frames));
      await tell('standing still', 120);
      const tour = async () => {
        await page.keyboard.press('0');
        await page.evaluate('whenIdle().then(() => whenIdle())');
        for (const [way, frames] of TOUR) {
          await tell(way, frames);
        }
      };
      print('from the whole run to a step, inside it, and back; ranks closed');
      await tour();
      print('the same with eight ranks open');
      // From below: the names of ranks that others push out of sight are not on the page.
      for (let rank = 7; rank >= 0; rank--) {
        await page.locator(`[data-rank="${rank}"]`).click();
      }
      await page.evaluate('document.activeElement.blur()');
      await tour();
      print(await memoryOf(browser, page));
      await page.close();
    }
    print(`${host.calls.filter(([name]) => name === 'readWindow').length} windows answered.`);
  } finally {
    await browser.close();
    server.stop();
  }
}

await main();
