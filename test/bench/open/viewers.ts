import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, prepareChromium } from '../../../scripts/chromium.mjs';
import { Workbench } from '../../e2e/workbench.ts';
import { serveFolder } from './serve-folder.ts';
import { ZOOM_FRAMES } from './zoom-frames.ts';

const FRAMES = 240;
/** Of one event. */
const WHEEL = 40;
const WAIT_MS = 600_000;
const VIEWPORT = { width: 1440, height: 900 };

export interface Opened {
  /** From the file being given to something of it being seen. */
  readonly firstPictureMs: number;
  /** Until all is there. */
  readonly readyMs: number;
  /** From frame to frame while zooming. */
  readonly frameMs: readonly number[];
  /** Of the page's objects. */
  readonly pageBytes: number;
}

/** Opens a trace in the run editor of a real VS Code in the browser, as a person would. */
export async function openInSleuth(trace: string): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-open-'));
  symlinkSync(trace, join(folder, 'rank0.pt.trace.json'));
  const workbench = await Workbench.open({ folder });
  try {
    workbench.page.setDefaultTimeout(WAIT_MS);
    const began = performance.now();
    await workbench.openFile('rank0.pt.trace.json');
    const frame = await workbench.runEditor();
    await frame.locator('.run-picture, .track-canvas').first().waitFor();
    const firstPictureMs = performance.now() - began;
    await frame.locator('.track-canvas').waitFor();
    await frame.evaluate('whenIdle().then(() => whenIdle())');
    const readyMs = performance.now() - began;
    const frameMs = await zoom(workbench.page, frame, '.track-canvas');
    const pageBytes = await memoryOf(frame);
    return { firstPictureMs, readyMs, frameMs, pageBytes };
  } finally {
    await workbench.close();
    rmSync(folder, { recursive: true });
  }
}

/** Opens a trace in speedscope's released build, from the folder of its npm package. */
export async function openInSpeedscope(release: string, trace: string): Promise<Opened> {
  const server = await serveFolder(release);
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(server.url);
    await page.locator('input[type=file]').waitFor({ state: 'attached' });
    const began = performance.now();
    await page.locator('input[type=file]').setInputFiles(trace);
    await page.getByText('Time Order').waitFor();
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    const firstPictureMs = performance.now() - began;
    const frameMs = await zoom(page, page.mainFrame(), SPEEDSCOPE_VIEW);
    return {
      firstPictureMs,
      readyMs: firstPictureMs,
      frameMs,
      pageBytes: await memoryOf(page.mainFrame()),
    };
  } finally {
    await browser.close();
    server.stop();
  }
}

/** Of its canvases, the last lies over the flame chart and takes the wheel. */
const SPEEDSCOPE_VIEW = 'canvas';

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await prepareChromium(),
    args: [...CHROMIUM_FLAGS],
  });
}

/** In and out again. Throws where the picture did not change on the way. */
async function zoom(page: Page, frame: Frame, selector: string): Promise<readonly number[]> {
  await frame.evaluate(ZOOM_FRAMES);
  const move = async (deltaY: number) =>
    await frame.evaluate<readonly number[]>(
      `zoomFrames(${JSON.stringify(selector)}, ${FRAMES / 2}, ${deltaY})`,
    );
  const before = await page.screenshot();
  const zoomingIn = await move(-WHEEL);
  const after = await page.screenshot();
  if (before.equals(after)) {
    throw new Error(`the wheel did not zoom ${selector}`);
  }
  return [...zoomingIn, ...(await move(WHEEL))];
}

/** What the page's objects take. */
async function memoryOf(frame: Frame): Promise<number> {
  return await frame.evaluate('performance.memory.usedJSHeapSize');
}
