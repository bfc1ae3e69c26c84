import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  activateExtension,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  removeFolder,
  waitForProblems,
  waitForRun,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'fixes-test';

const SCRIPT = [
  'from torch.utils.data import DataLoader',
  '',
  'loader = DataLoader(data, batch_size=8)',
  'model.cuda()',
  'for x in loader:',
  '    x = x.to(device)',
  '    loss = model(x)',
  '    loss.backward()',
  '',
].join('\n');

const SPANS: readonly DrawnSpan[] = [
  { name: 'data', phase: 'data', file: 'fixed_loop.py', line: 5, fromMs: 0, toMs: 75 },
  { name: 'forward', phase: 'forward', file: 'fixed_loop.py', line: 7, fromMs: 75, toMs: 95 },
];

describe('a finding and its fix', () => {
  let script = vscode.Uri.file('/');
  let document: vscode.TextDocument;

  before(async () => {
    const { store } = await activateExtension();
    const folder = makeFolder(FOLDER);
    script = vscode.Uri.file(join(folder, 'fixed_loop.py'));
    writeFileSync(script.fsPath, SCRIPT);
    const trace = join(folder, 'fixed.rank0.spans.jsonl');
    writeSpans(trace, { rank: 0, worldSize: 1, steps: 60, spans: SPANS });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(trace));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    store.show(run);
    document = await vscode.workspace.openTextDocument(script);
    await vscode.window.showTextDocument(document);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  const isStall = ({ code }: vscode.Diagnostic): boolean =>
    typeof code === 'object' && code.value === 'data-stall';

  async function stall(line?: number): Promise<vscode.Diagnostic> {
    const fits = (one: vscode.Diagnostic): boolean =>
      isStall(one) && (line === undefined || one.range.start.line + 1 === line);
    const found = (await waitForProblems(script, (list) => list.some(fits))).find(fits);
    assert.ok(found);
    return found;
  }

  async function actionsAt(line: number, kind: string): Promise<readonly vscode.CodeAction[]> {
    return await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      script,
      new vscode.Range(line - 1, 4, line - 1, 4),
      kind,
    );
  }

  it('is one problem at its line, with where the loader is made, the run and a page about it', async () => {
    const { code, message, range, relatedInformation, severity } = await stall(5);
    assert.equal(range.start.line + 1, 5);
    assert.equal(severity, vscode.DiagnosticSeverity.Error);
    assert.ok(typeof code === 'object' && /data-stall\.md$/.test(code.target.path));
    assert.match(message, /\n/);
    assert.doesNotMatch(message, /inferred/);
    const related = (relatedInformation ?? []).map(
      ({ location, message: text }) =>
        `${location.uri.path.split('/').at(-1) ?? ''}:${location.range.start.line + 1} ${text}`,
    );
    assert.ok(related.includes('fixed_loop.py:3 The loader is made here.'), related.join('\n'));
    assert.match(related.at(-1) ?? '', /^fixed\.rank0\.spans\.jsonl:1 The run that shows it\./);
  });

  it('follows its line while somebody types above it', async () => {
    const type = async (text: string, range: vscode.Range): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(script, range, text);
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    await type('# one\n# two\n', new vscode.Range(0, 0, 0, 0));
    await stall(7);
    await type('', new vscode.Range(0, 0, 2, 0));
    await stall(5);
    assert.equal(document.getText(), SCRIPT);
  });

  it('is offered to be fixed on hover too', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      script,
      new vscode.Position(4, 5),
    );
    const texts = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''));
    assert.ok(
      texts.some((text) => text.includes('command:trainingSleuth.fixFinding')),
      texts.join('\n'),
    );
  });

  it('offers each edit at once and with a preview, all of them first', async () => {
    const actions = await actionsAt(5, 'quickfix');
    const own = actions.filter(({ command }) => command?.command.endsWith('fixApplied') === true);
    const titles = own.map(({ title }) => title);
    assert.match(
      titles[0] ?? '',
      /^Fix all of this: num_workers=\d, persistent_workers=True, pin_memory=True, non_blocking=True$/,
    );
    assert.equal(titles[1], `Preview: ${titles[0] ?? ''}`);
    assert.ok(own.every(({ edit }) => edit !== undefined));
    assert.deepEqual(
      own.map(({ isPreferred }) => isPreferred === true),
      own.map((_, index) => index === 0),
    );
  });

  it('edits the script, is not offered again, and is undone in one step', async () => {
    const all = (await actionsAt(5, 'quickfix')).at(0);
    assert.ok(all?.edit !== undefined);
    assert.ok(await vscode.workspace.applyEdit(all.edit));
    assert.match(
      document.lineAt(2).text,
      /^loader = DataLoader\(data, batch_size=8, num_workers=\d, persistent_workers=True, pin_memory=True\)$/,
    );
    assert.equal(document.lineAt(5).text, '    x = x.to(device, non_blocking=True)');
    const titles = (await actionsAt(5, 'quickfix')).map(({ title }) => title);
    assert.ok(!titles.some((title) => /num_workers|pin_memory/.test(title)), titles.join('\n'));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), SCRIPT);
  });

  it('is offered at the loader without a finding, as a rewrite', async () => {
    const titles = (await actionsAt(3, 'refactor.rewrite')).map(({ title }) => title);
    assert.ok(
      titles.some((title) => /num_workers=4/.test(title)),
      titles.join('\n'),
    );
    assert.deepEqual(await actionsAt(8, 'refactor.rewrite'), []);
  });
});
