import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHaveServerHost } from '../../scripts/server-host.mjs';
import { root } from '../../scripts/steps.mjs';
import { RunPage } from './run-page.ts';
import { Workbench } from './workbench.ts';

const TRACE = 'runs/slow-augment/rank0.spans.jsonl';
/** As the inlay hints write it: time, share, p95. */
const COST = /◂ [\d.]+ (ms|s|µs)\/step · [\d.]+ % · p95 [\d.]+/;

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
    cpSync(join(root, 'samples/image-classification'), folder, { recursive: true });
    workbench = await Workbench.open({ folder });
    close = () => workbench.close();
  });

  after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens a trace and reads what is wrong', async () => {
    await workbench.openFile(TRACE);
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
    await workbench.pick('slow-augment');
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
