import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/steps.mjs';
import { pictureFailure, skipWithoutTorch, trainForReal } from './real-training.ts';
import { RunPage } from './run-page.ts';
import { Workbench } from './workbench.ts';

const SPANS = 'runs/slow-loader/rank0.spans.jsonl';
/** What the file says once the fix was made and saved. */
const FIXED = /batch_size=BATCH, num_workers=[2-8], persistent_workers=True\)/;
const STALL = /loader holds up training/;

describe('a person who fixes a slow training', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-fix-'));
  const script = join(folder, 'train.py');
  let workbench: Workbench;
  let page: RunPage;
  let close = async (): Promise<void> => undefined;

  before(async function () {
    skipWithoutTorch(this, 4);
    cpSync(join(root, 'test/e2e/scripts/slow_loader.py'), script);
    cpSync(join(root, 'recorder/training_sleuth.py'), join(folder, 'training_sleuth.py'));
    trainForReal(script, folder);
    workbench = await Workbench.open({ folder });
    close = () => workbench.close();
  });

  afterEach(async function () {
    await pictureFailure(this, workbench);
  });

  after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Until the script is saved; the test ends by its time limit where it never is. */
  async function waitForScript(pattern: RegExp): Promise<void> {
    while (!pattern.test(readFileSync(script, 'utf8'))) {
      await workbench.page.waitForTimeout(100);
    }
  }

  it('reads that the loader holds up training', async () => {
    await workbench.openFile(SPANS);
    page = new RunPage(await workbench.runEditor());
    assert.match(await page.verdict(), /data/i);
    assert.match((await page.findingTitles())[0] ?? '', STALL);
  });

  it('is offered the fix at the line of the problem, by keyboard', async () => {
    const problem = await workbench.problem('loader holds up');
    const line = Number(/\[Ln (\d+)/.exec(problem)?.[1]);
    await workbench.openFile('train.py');
    await workbench.goToLine(line);
    const offers = await workbench.offers();
    assert.ok(
      offers.some((text) => /^Load batches in \d worker processes/.test(text)),
      offers.join('\n'),
    );
  });

  it('chooses it in the run editor, and sees the change before it is made', async () => {
    await workbench.openFile(SPANS);
    page = new RunPage(await workbench.runEditor());
    await page.fix(STALL);
    await workbench.chooseItem(/^Fix all of this/);
    await workbench.confirmRefactoring();
    const said = await workbench.answerToast(/was edited/, 'Save');
    await waitForScript(FIXED);
    assert.match(said, /^train\.py was edited\. Save it and run your training again/);
  });

  it('trains again, and the new recording does not show it any more', async () => {
    const before = statSync(join(folder, SPANS)).mtimeMs;
    assert.match(readFileSync(script, 'utf8'), FIXED);
    trainForReal(script, folder);
    assert.ok(statSync(join(folder, SPANS)).mtimeMs > before, 'nothing was recorded');
    await workbench.openFile(SPANS);
    page = new RunPage(await workbench.runEditor());
    await page.waitUntilGone(STALL);
    assert.match(await page.verdict(), /comput/i);
  });
});
