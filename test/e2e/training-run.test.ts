import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHaveServerHost } from '../../scripts/server-host.mjs';
import { cacheFolder, root } from '../../scripts/steps.mjs';
import { LINES } from '../../src/simulator/script/places.ts';
import { trainScript } from '../../src/simulator/script/train-script.ts';
import { simulateGpuRun } from '../gallery/simulate-gpu-run.ts';
import { RunPage } from './run-page.ts';
import { Workbench } from './workbench.ts';

const SAMPLE = 'samples/image-classification';
const RUN = 'runs/slow-augment';
/** As the inlay hints write it: time, share, p95. */
const COST = /◂\s[\d.]+\s(ms|s|µs)\/step\s·\s[\d.]+\s%\s·\sp95\s[\d.]+/;

const GPU_RUN = 'runs/gpu';
/** Where the simulated traces say that the training loop is. */
/** The trace tells where the profiler was started; the code tells that the frame asks for batches below. */
const GPU_FRAME_LINE = LINES.loopFrame;
const GPU_LINE = LINES.loop;
const GPU_SCRIPT = trainScript('kineto');

const pictureOf = (name: string) =>
  join(cacheFolder, 'pictures', `${name.replaceAll(' ', '-')}.png`);

describe('a person with a slow training run', function () {
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-e2e-'));
  let workbench: Workbench;
  let page: RunPage;
  let close = async (): Promise<void> => undefined;

  before(async function () {
    if (!canHaveServerHost()) {
      process.stdout.write('  Skipped: VS Code in the browser runs on Linux only.\n');
      this.skip();
    }
    cpSync(join(root, SAMPLE, 'train.py'), join(folder, 'train.py'));
    cpSync(join(root, SAMPLE, RUN), join(folder, RUN), { recursive: true });
    workbench = await Workbench.open({ folder });
    close = () => workbench.close();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench.takePicture(pictureOf(`failed ${this.currentTest.title}`));
    }
  });

  after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens a trace and reads what is wrong', async () => {
    await workbench.openFile(`${RUN}/rank0.spans.jsonl`);
    page = new RunPage(await workbench.runEditor());
    assert.match(await page.verdict(), /data/i);
    assert.ok((await page.findingTitles()).length > 0);
  });

  it('reads what a step would take without it, and is led by keyboard to where that comes from', async () => {
    assert.match(await page.whatIf(), /^If .+ would take .+ instead of .+× as fast\.$/);
    const [title = ''] = await page.findingTitles();
    const spoken = await page.pressFirstInterval();
    assert.match(spoken, /^Showing .+ ms, rank \d+ · step \d+, .+ into the run, of: /);
    assert.ok(spoken.endsWith(title), spoken);
  });

  it('clicks a slow span on the timeline and lands on its line', async () => {
    await page.clickSpan(/data|load|augment|batch/i);
    const place = await page.goToLine();
    assert.match(place, /train\.py:\d+/);
    await workbench.tab('train.py').waitFor();
    const line = Number(/:(\d+)/.exec(place)?.[1]);
    await workbench.waitForCursor(line);
    const text = readFileSync(join(folder, 'train.py'), 'utf8').split('\n')[line - 1] ?? '';
    assert.notEqual(text.trim(), '');
  });

  it('sees beside the line what it costs', async () => {
    assert.match(await workbench.hint(COST), COST);
  });

  it('analyzes the run with the keyboard alone', async () => {
    await workbench.closeAllEditors();
    await workbench.runCommand('Training Sleuth: Analyze Training Run');
    page = new RunPage(await workbench.runEditor());
    assert.match(await page.verdict(), /data/i);
  });

  it('finds the findings in the Problems panel, at their lines', async () => {
    const [title = ''] = await page.findingTitles();
    const problem = await workbench.problem(title.slice(0, 30));
    assert.match(problem, /\[Ln \d+, Col \d+\]/);
  });

  it('follows a run that is deleted and written anew while it is open', async () => {
    const run = join(folder, RUN);
    rmSync(run, { recursive: true });
    await page.waitForStatus(/were deleted/);
    cpSync(join(root, SAMPLE, RUN), run, { recursive: true });
    await page.waitUntilUpToDate();
    assert.match(await page.verdict(), /data/i);
    await page.clickSpan(/data|load|augment|batch/i);
    assert.match(await page.details(), /span on rank 0/i);
  });

  it('is shown a finding and a rank from the tree, though the run is behind another tab', async () => {
    const script = workbench.tab('train.py');
    const run = workbench.tab('rank0.spans.jsonl');
    await workbench.openFile('train.py');
    await script.waitFor();
    await workbench.clickRunRow(/loader holds up training/);
    await run.waitFor();
    page = new RunPage(await workbench.runEditor());
    assert.match(await page.details(), /on rank \d/i);
    await workbench.openFile('train.py');
    await workbench.clickRunRow(/^Ranks/);
    await workbench.clickRunRow(/^Rank 1(?! makes)/);
    await run.waitFor();
    page = new RunPage(await workbench.runEditor());
    await page.waitForOpenRank(1);
  });

  it('finds the view as it was after the tab was hidden, and after it moved to another group', async () => {
    const before = await page.timeInView();
    await page.zoomIn();
    const left = await page.timeInView();
    assert.match(left, /^[\d.]+ (ms|s)$/);
    assert.notEqual(left, before);
    await workbench.openFile('train.py');
    await workbench.openFile(`${RUN}/rank0.spans.jsonl`);
    page = new RunPage(await workbench.runEditor());
    assert.equal(await page.timeInView(), left);
    await workbench.runCommand('View: Move Editor into Right Group');
    page = new RunPage(await workbench.runEditor());
    assert.equal(await page.timeInView(), left);
    await workbench.runCommand('View: Move Editor into Left Group');
    page = new RunPage(await workbench.runEditor());
    assert.equal(await page.timeInView(), left);
  });

  it('saves the run as one HTML file, and the timeline as a picture', async () => {
    await page.export('Report as one HTML file');
    const report = await workbench.confirmSaving();
    assert.match(report, /\.html$/);
    assert.match(readFileSync(join(folder, report), 'utf8'), /^<!DOCTYPE html>/);
    await page.export('Picture (PNG)');
    const picture = await workbench.confirmSaving();
    assert.match(picture, /\.png$/);
    assert.equal(readFileSync(join(folder, picture)).toString('latin1', 1, 4), 'PNG');
  });

  it('reads the verdict in the status bar', async () => {
    assert.match(await workbench.statusOf(/Data-bound/), /Data-bound [\d.]+ %/);
  });

  it('clicks an idle gap of a GPU, reads why it waits, and lands on the line', async () => {
    simulateGpuRun(join(folder, GPU_RUN), { ranks: 1, steps: 30, seed: 7, script: 'train_gpu.py' });
    writeFileSync(join(folder, 'train_gpu.py'), GPU_SCRIPT);
    await workbench.closeAllEditors();
    await workbench.openFile(`${GPU_RUN}/rank0.pt.trace.json`);
    page = new RunPage(await workbench.runEditor());
    assert.match(await page.verdict(), /data/i);
    await page.clickSpan(/idle/i);
    const details = await page.details();
    assert.match(details, /gap on rank 0/i);
    assert.match(details, /waits for the loader/i);
    const place = await page.goToLine();
    assert.equal(place, `train_gpu.py:${GPU_FRAME_LINE}`);
    await workbench.tab('train_gpu.py').waitFor();
    await workbench.waitForCursor(GPU_LINE);
  });

  it('leaves no error on the console of the page', () => {
    assert.deepEqual(workbench.pageErrors, []);
  });
});
