import * as vscode from 'vscode';
import { CONFIG_FILE } from '../../files/config-file.ts';
import { DETECTORS_SETTING, SETTINGS } from '../ids.ts';
import { onDidChangeSetting } from '../settings.ts';
import type { RunStore } from './run-store.ts';

/** Numbers are typed digit by digit, and every digit is a change. */
const QUIET_MS = 500;

/** Analyses what is open or shown again when a threshold or the baseline changes, in the settings or the project's file; others when they are opened. */
export function registerThresholdChanges(store: RunStore): vscode.Disposable {
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) {
      clearTimeout(timer);
    }
  };
  const schedule = (): void => {
    stop();
    timer = setTimeout(() => analyzeAgain(store), QUIET_MS);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${CONFIG_FILE}`);
  return vscode.Disposable.from(
    onDidChangeSetting(DETECTORS_SETTING, schedule),
    onDidChangeSetting(SETTINGS.baseline, schedule),
    watcher,
    watcher.onDidCreate(schedule),
    watcher.onDidChange(schedule),
    watcher.onDidDelete(schedule),
    { dispose: stop },
  );
}

function analyzeAgain(store: RunStore): void {
  for (const run of store.runs) {
    const isSeen = run.isHeld || store.shown === run;
    if (isSeen && run.analyzed !== null && !run.isGone) {
      // What fails is the state of the run, which every surface shows.
      run.analyzeAgain().catch(() => undefined);
    }
  }
}
