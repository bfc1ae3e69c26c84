import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { reportMarkdown } from '../../core/export/markdown.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import type { ExportWish, WorkerExport } from '../../protocol/export-schemas.ts';
import { abortSignalOf } from '../abort-signal.ts';
import type { AnalyzedRun, TrainingRun } from '../runs/training-run.ts';
import { StaleGeneration } from '../runs/training-run.ts';
import { defaultFileName, fileTypeOf } from './file-names.ts';

/** Asks where to, saves under a notification that can cancel it, and offers to open it. Null where given up. */
export async function saveExport(
  run: TrainingRun,
  generation: number,
  wish: ExportWish,
): Promise<string | null> {
  const target = await askTarget(run, wish);
  if (target === undefined) {
    return null;
  }
  if (target.scheme !== 'file') {
    throw new Error(
      vscode.l10n.t('Only folders of the machine that holds the run can be written to.'),
    );
  }
  const name = basename(target.fsPath);
  const isSaved = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Saving {0}', name),
      cancellable: true,
    },
    async (_, token) => await write(orderOf(run, generation, wish), target.fsPath, token),
  );
  if (isSaved) {
    void offerToOpen(target, wish);
  }
  return isSaved ? name : null;
}

async function askTarget(run: TrainingRun, wish: ExportWish): Promise<vscode.Uri | undefined> {
  const { group } = run;
  const first = vscode.Uri.file(group.files[0]?.path ?? group.folder);
  const folder = vscode.workspace.getWorkspaceFolder(first)?.uri ?? uriOfFolder(first);
  const { label, extension } = fileTypeOf(wish.kind);
  return await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export'),
    defaultUri: vscode.Uri.joinPath(folder, defaultFileName(group.name, wish)),
    filters: { [label]: [extension] },
  });
}

function uriOfFolder(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.file(dirname(file.fsPath));
}

interface Order {
  readonly run: TrainingRun;
  readonly generation: number;
  readonly wish: ExportWish;
}

/** Of a run that grows, the whole is saved as it is now; a view is of the tables that the page showed. */
function orderOf(run: TrainingRun, generation: number, wish: ExportWish): Order {
  const isWhole = wish.kind === 'markdown' || wish.kind === 'html' || wish.kind === 'csv';
  const newest = run.analyzed?.generation ?? generation;
  return { run, generation: isWhole ? newest : generation, wish };
}

/** Whether it was written, rather than canceled. */
async function write(
  { run, generation, wish }: Order,
  path: string,
  token: vscode.CancellationToken,
): Promise<boolean> {
  const signal = abortSignalOf(token);
  try {
    switch (wish.kind) {
      case 'png':
        await writeAtomically(path, [new Uint8Array(wish.picture)], signal);
        break;
      case 'svg':
        await writeAtomically(path, [wish.picture], signal);
        break;
      case 'markdown':
        await writeAtomically(path, [reportMarkdown(reportOf(run, generation))], signal);
        break;
      case 'html':
      case 'csv':
      case 'chrome':
        await writeInWorker({ run, generation, wish }, path, token);
    }
    return true;
  } catch (error) {
    if (signal.aborted) {
      return false;
    }
    throw error;
  }
}

function reportOf({ analyzed, group }: TrainingRun, generation: number): AnalyzedRun['report'] {
  if (analyzed?.generation !== generation) {
    throw new StaleGeneration(`generation ${generation} of ${group.name} was replaced`);
  }
  return analyzed.report;
}

let lastId = 0;

async function writeInWorker(
  { run, generation, wish }: Order & { readonly wish: WorkerExport },
  path: string,
  token: vscode.CancellationToken,
): Promise<void> {
  const id = ++lastId;
  const hold = run.hold();
  const subscription = token.onCancellationRequested(() => {
    run.ask(generation, (remote) => remote.cancelExport({ id })).catch(() => undefined);
  });
  try {
    await run.ask(generation, (remote) => remote.writeExport({ id, path, wish }));
  } finally {
    subscription.dispose();
    hold.dispose();
  }
}

/** What VS Code shows well is opened in it; a page belongs into the browser of the machine that has the file. */
async function offerToOpen(target: vscode.Uri, { kind }: ExportWish): Promise<void> {
  const isRemote = vscode.env.remoteName !== undefined;
  const open = vscode.l10n.t('Open');
  const reveal = vscode.l10n.t('Show in Folder');
  const choices = kind === 'html' && isRemote ? [reveal] : [open, reveal];
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} was saved.', vscode.workspace.asRelativePath(target)),
    ...choices,
  );
  if (choice === reveal) {
    const command = isRemote ? 'revealInExplorer' : 'revealFileInOS';
    await vscode.commands.executeCommand(command, target);
  } else if (choice === open && kind === 'html') {
    await vscode.env.openExternal(target);
  } else if (choice === open) {
    await vscode.commands.executeCommand('vscode.open', target);
  }
}
