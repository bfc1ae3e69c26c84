import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/steps.mjs';
import { pictureFailure, skipWithoutTorch, trainForReal } from './real-training.ts';
import { RunPage } from './run-page.ts';
import { Workbench } from './workbench.ts';

const SCRIPT = 'grad_accumulation.py';
const SPANS = 'runs/grad_accumulation/rank0.spans.jsonl';

describe('a person who times a training loop', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-instrument-'));
  const original = readFileSync(join(root, 'test/fixtures/scripts', SCRIPT), 'utf8');
  const read = (): string => readFileSync(join(folder, SCRIPT), 'utf8');
  let workbench: Workbench;
  let close = async (): Promise<void> => undefined;

  before(async function () {
    skipWithoutTorch(this, 3);
    cpSync(join(root, 'test/fixtures/scripts', SCRIPT), join(folder, SCRIPT));
    workbench = await Workbench.open({ folder, settings: { 'files.autoSave': 'off' } });
    close = () => workbench.close();
  });

  afterEach(async function () {
    await pictureFailure(this, workbench);
  });

  after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function saveUntil(isRight: () => boolean): Promise<void> {
    await workbench.page.keyboard.press('Control+S');
    while (!isRight()) {
      await workbench.page.waitForTimeout(100);
    }
  }

  it('sees the spans and the recorder before they are put in', async () => {
    await workbench.openFile(SCRIPT);
    await workbench.runCommand('Training Sleuth: Instrument Training Loop');
    await workbench.confirmRefactoring();
    await workbench.waitForEditorText(/training_sleuth/);
    await saveUntil(() => read() !== original);
    assert.match(read(), /with _sleuth\.span\("backward", micro=micro\): loss\.backward\(\)/);
    assert.ok(existsSync(join(folder, 'training_sleuth.py')), 'the recorder is not there');
  });

  it('trains, and the run has hints at the lines of the loop', async () => {
    trainForReal(SCRIPT, folder);
    await workbench.openFile(SPANS);
    const page = new RunPage(await workbench.runEditor());
    assert.ok((await page.verdict()).length > 0);
    await workbench.openFile(SCRIPT);
    const backward = read()
      .split('\n')
      .findIndex((line) => line.includes('"backward"'));
    await workbench.goToLine(backward + 1);
    await workbench.hint(/\/step/);
  });

  it('takes them away again, to the byte', async () => {
    await workbench.runCommand('Training Sleuth: Remove Instrumentation');
    await workbench.confirmRefactoring();
    await saveUntil(() => read() === original);
    assert.equal(read(), original);
  });
});
