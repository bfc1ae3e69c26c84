import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHaveServerHost } from '../../scripts/server-host.mjs';
import { cacheFolder, root } from '../../scripts/steps.mjs';
import { RunPage } from './run-page.ts';
import { Workbench } from './workbench.ts';

const SAMPLE = 'samples/image-classification';
const RUN = 'runs/slow-augment';
/** As the inlay hints write it: time, share, p95. */
const COST = /◂\s[\d.]+\s(ms|s|µs)\/step\s·\s[\d.]+\s%\s·\sp95\s[\d.]+/;

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

  it('reads the verdict in the status bar', async () => {
    assert.match(await workbench.statusOf(/Data-bound/), /Data-bound [\d.]+ %/);
  });
});
