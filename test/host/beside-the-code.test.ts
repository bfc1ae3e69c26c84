import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { whyNoLine } from '../../src/extension/commands/go-to-finding.ts';
import { COMMANDS, LINK_COMMANDS } from '../../src/extension/ids.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
import {
  activateExtension,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  readHints,
  removeFolder,
  waitForProblems,
  waitForRun,
  workspacePath,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'beside-the-code-test';
const EVIL = '[evil](command:workbench.action.quit) </script> **bold**';

/** Data waits for 60 of 100 ms at line 1; one line is past the end of the script, and one in no file of the workspace. */
const SPANS: readonly DrawnSpan[] = [
  { name: 'loader', phase: 'data', file: '/cluster/me/slow_loop.py', line: 1, fromMs: 0, toMs: 60 },
  {
    name: 'forward',
    phase: 'forward',
    file: '/cluster/me/slow_loop.py',
    line: 4,
    fromMs: 60,
    toMs: 80,
  },
  {
    name: EVIL,
    phase: 'backward',
    file: '/cluster/me/slow_loop.py',
    line: 6,
    fromMs: 80,
    toMs: 95,
  },
  {
    name: 'gone',
    phase: 'optimizer',
    file: '/cluster/me/slow_loop.py',
    line: 99,
    fromMs: 97,
    toMs: 99,
  },
  { name: 'secret', phase: 'logging', file: '/etc/passwd', line: 1, fromMs: 95, toMs: 97 },
];

describe('beside the code', () => {
  let script = vscode.Uri.file('/');
  let trace = vscode.Uri.file('/');

  before(async () => {
    const { store } = await activateExtension();
    const folder = makeFolder(FOLDER);
    script = vscode.Uri.file(join(folder, 'slow_loop.py'));
    trace = vscode.Uri.file(join(folder, 'slow.rank0.spans.jsonl'));
    writeScript(script.fsPath, 6, { 1: 'for batch in loader:', 4: '    loss = model(batch)' });
    writeSpans(trace.fsPath, { rank: 0, worldSize: 1, steps: 60, spans: SPANS });
    await vscode.commands.executeCommand('vscode.open', trace);
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    store.show(run);
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  it('shows what each recorded line costs at the end of that line', async () => {
    const hints = await readHints(script);
    const [first] = hints;
    assert.ok(first, 'there are no hints');
    assert.equal(first.line, 1);
    assert.equal(first.column, 'for batch in loader:'.length);
    assert.equal(first.text.replaceAll('\u00a0', ' '), '◂ 60 ms/step · 60 %');
    assert.deepEqual(
      hints.map(({ line }) => line),
      [1, 4, 6],
    );
  });

  it('shows nothing of a line that the file does not have', async () => {
    const last = (await readHints(script)).at(-1);
    assert.equal(last?.text.replaceAll('\u00a0', ' '), '◂ 15 ms/step · 15 %');
    assert.equal(last.column, '# line 6'.length);
  });

  it('tells more on hover, and takes names of the trace as plain text', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      script,
      new vscode.Position(5, 1),
    );
    const texts = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''));
    const text = texts.find((one) => one.includes('p99'));
    assert.ok(text, 'there is no hover of ours');
    assert.ok(!text.includes('[evil](command:'), text);
    assert.ok(!text.includes('**bold**'), text);
    assert.ok(!text.includes('</script>'), text);
    assert.ok(text.includes('command:trainingSleuth.showRun'), text);
  });

  it('lists the finding at the line that causes it, with a link to its page', async () => {
    const problems = await waitForProblems(script, (list) => list.length > 0);
    const stall = problems.find(
      ({ code }) => typeof code === 'object' && String(code.value) === 'data-stall',
    );
    assert.ok(stall, problems.map(({ message }) => message).join('\n'));
    assert.equal(stall.range.start.line, 0);
    assert.equal(stall.range.end.character, 'for batch in loader:'.length);
    assert.equal(stall.severity, vscode.DiagnosticSeverity.Error);
    assert.ok(
      typeof stall.code === 'object' &&
        stall.code.target.path.endsWith('docs/detectors/data-stall.md'),
    );
  });

  it('goes to the line of the worst finding', async () => {
    await vscode.commands.executeCommand(COMMANDS.goToWorstFinding);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, script.fsPath);
    assert.equal(editor.selection.active.line, 0);
  });

  it('says what the verdict is where there is no finding', async () => {
    const { store } = await activateExtension();
    const report = store.shown?.analyzed?.report;
    assert.ok(report);
    const text = 'Inconclusive: the trace names too little.';
    const verdict = { ...report.verdict, text };
    assert.equal(
      whyNoLine('quiet', { ...report, findings: [], verdict }),
      `There is no finding in quiet. ${text}`,
    );
    assert.ok(!whyNoLine('loud', report).includes('no finding in'));
  });

  it('says so when a link means a finding of an older analysis', async () => {
    const { store } = await activateExtension();
    const run = store.shown;
    assert.ok(run?.analyzed);
    const isRunInFront = (): boolean =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom;
    const show = async (generation: number): Promise<void> =>
      await vscode.commands.executeCommand(LINK_COMMANDS.showFinding, run.id, generation, 0);
    assert.ok(!isRunInFront());
    await show(run.analyzed.generation - 1);
    assert.ok(!isRunInFront());
    await show(run.analyzed.generation);
    assert.ok(isRunInFront());
  });

  it('analyses what is shown again when a threshold changes', async () => {
    const { store } = await activateExtension();
    const run = store.shown;
    const before = run?.analyzed;
    assert.ok(before?.report.findings.some(({ id }) => id === 'data-stall'));
    const settings = vscode.workspace.getConfiguration('trainingSleuth');
    const set = async (percent: number | undefined): Promise<void> => {
      for (const name of ['infoPercent', 'warningPercent', 'errorPercent']) {
        const setting = `detectors.data-stall.${name}`;
        await settings.update(setting, percent, vscode.ConfigurationTarget.Global);
      }
    };
    const hasStall = ({ analyzed }: TrainingRun): boolean =>
      analyzed?.report.findings.some(({ id }) => id === 'data-stall') ?? false;
    try {
      await set(99);
      await waitForRun(store, (one) => one === run && !hasStall(one));
    } finally {
      await set(undefined);
    }
    await waitForRun(store, (one) => one === run && hasStall(one));
    await waitForProblems(script, (list) => list.length > 0);
  });

  it('takes the thresholds of the project before those of the settings', async () => {
    const { store } = await activateExtension();
    const run = store.shown;
    const count = ({ analyzed }: TrainingRun): number => analyzed?.report.findings.length ?? 0;
    assert.ok(run !== null && count(run) > 0);
    const high = { infoPercent: 99, warningPercent: 99, errorPercent: 99 };
    const config = workspacePath('.training-sleuth.json');
    try {
      writeFileSync(config, JSON.stringify({ detectors: { 'data-stall': high } }));
      await waitForRun(
        store,
        (one) => one === run && (one.analyzed?.report.findings[0]?.id ?? '') !== 'data-stall',
      );
      writeFileSync(config, '{');
      await waitForRun(store, (one) => one === run && one.state.kind === 'failed');
      assert.ok(run.state.kind === 'failed' && /not JSON/.test(run.state.message));
    } finally {
      rmSync(config);
    }
    await waitForRun(
      store,
      (one) => one === run && one.analyzed?.report.findings[0]?.id === 'data-stall',
    );
    await waitForProblems(script, (list) => list.length > 0);
  });

  it('hides the hints on command, and shows them again', async () => {
    await vscode.commands.executeCommand(COMMANDS.toggleHints);
    assert.deepEqual(await readHints(script), []);
    await vscode.commands.executeCommand(COMMANDS.toggleHints);
    assert.equal((await readHints(script)).length, 3);
  });

  it('clears hints and problems on command, and shows those of the chosen run again', async () => {
    const { store } = await activateExtension();
    const run = store.shown;
    await vscode.commands.executeCommand(COMMANDS.clearFindings);
    assert.deepEqual(await waitForProblems(script, (list) => list.length === 0), []);
    assert.deepEqual(await readHints(script), []);
    store.show(run);
    await waitForProblems(script, (list) => list.length > 0);
    assert.equal((await readHints(script)).length, 3);
  });
});
