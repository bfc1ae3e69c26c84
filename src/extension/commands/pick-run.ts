import * as vscode from 'vscode';
import type { TrainingRun } from '../runs/training-run.ts';

/** Asks for one of several runs, told apart by ranks, size and age. */
export async function pickRun(
  runs: readonly TrainingRun[],
  title: string,
): Promise<TrainingRun | undefined> {
  const picked = await vscode.window.showQuickPick(
    runs.map((run) => ({
      label: run.group.name,
      description: describeRun(run, Date.now()),
      detail: vscode.workspace.asRelativePath(run.group.folder),
      run,
    })),
    { title, matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.run;
}

function describeRun(run: TrainingRun, nowMs: number): string {
  const { files } = run.group;
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const rankCount = new Set(files.map((file) => file.rank ?? file.path)).size;
  const ranks = rankCount === 1 ? vscode.l10n.t('1 rank') : vscode.l10n.t('{0} ranks', rankCount);
  return [ranks, formatBytes(bytes), formatAge(nowMs - run.modifiedMs)].join(' · ');
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))}\u00a0${units[power] ?? ''}`;
}

function formatAge(ageMs: number): string {
  const minutes = Math.max(0, Math.round(ageMs / 60_000));
  if (minutes < 1) {
    return vscode.l10n.t('just now');
  }
  if (minutes < 60) {
    return vscode.l10n.t('{0} min ago', minutes);
  }
  const hours = Math.round(minutes / 60);
  return hours < 48
    ? vscode.l10n.t('{0} h ago', hours)
    : vscode.l10n.t('{0} days ago', Math.round(hours / 24));
}
