import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestAccess } from '../../src/extension/test-access.ts';
import type { RunStore } from '../../src/extension/runs/run-store.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';

const EXTENSION_ID = 'training-sleuth.training-sleuth';

export const STEP_MS = 100;

/** One span of each drawn step: where it stands in the script, and which part of the step it takes. */
export interface DrawnSpan {
  readonly name: string;
  readonly phase: string;
  readonly file: string;
  readonly line: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export async function activateExtension(): Promise<TestAccess> {
  const extension = vscode.extensions.getExtension<TestAccess>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not installed`);
  return await extension.activate();
}

export function workspacePath(...parts: string[]): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return join(folder.uri.fsPath, ...parts);
}

/** A folder of the workspace that is gone after the test. */
export function makeFolder(name: string): string {
  const folder = workspacePath(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A new folder in whose files VS Code sees changes: of folders made in one go it may miss the inner. */
export async function makeWatchedFolder(path: string): Promise<string> {
  const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, true);
  try {
    await new Promise<void>((resolve) => {
      watcher.onDidCreate(({ fsPath }) => {
        if (fsPath === path) {
          resolve();
        }
      });
      mkdirSync(path);
    });
  } finally {
    watcher.dispose();
  }
  return path;
}

export function removeFolder(name: string): void {
  rmSync(workspacePath(name), { recursive: true, force: true });
}

/** Lines of a script, so that line n holds `# line n`, but for those given. */
export function writeScript(
  path: string,
  lineCount: number,
  lines: Readonly<Record<number, string>> = {},
): void {
  const text = Array.from({ length: lineCount }, (_, i) => lines[i + 1] ?? `# line ${i + 1}`);
  writeFileSync(path, text.join('\n'));
}

/** The span file of a rank; every step takes {@link STEP_MS}. */
export function writeSpans(
  path: string,
  options: {
    readonly rank: number;
    readonly worldSize: number;
    readonly steps: number;
    readonly spans: readonly DrawnSpan[];
    readonly run?: string;
  },
): void {
  const { rank, worldSize, steps, spans, run = 'drawn' } = options;
  const header = {
    type: 'run',
    schema: 1,
    run,
    rank,
    worldSize,
    pid: 100 + rank,
    host: 'host',
    startUnixNs: 1_700_000_000_000_000_000,
    clock: 'perf_counter',
    script: 'loop.py',
    device: null,
    config: {},
  };
  writeFileSync(path, `${JSON.stringify(header)}\n`);
  appendSteps(path, 0, steps, spans);
}

/** Goes on with a span file, as a run that still trains does. */
export function appendSteps(
  path: string,
  first: number,
  count: number,
  spans: readonly DrawnSpan[],
): void {
  const lines = Array.from({ length: count }, (_, i) => stepLines(first + i, spans)).flat();
  appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function stepLines(step: number, spans: readonly DrawnSpan[]): object[] {
  const startNs = step * STEP_MS * 1e6;
  return [
    ...spans.map(({ fromMs, toMs, ...place }) => ({
      type: 'span',
      ...place,
      step,
      ts: startNs + fromMs * 1e6,
      dur: (toMs - fromMs) * 1e6,
      lane: 'main',
    })),
    { type: 'step', step, ts: startNs, dur: STEP_MS * 1e6 },
  ];
}

/** The next state of the store that fits, or the present one. */
export async function waitForRun(
  store: RunStore,
  fits: (run: TrainingRun) => boolean,
): Promise<TrainingRun> {
  const present = store.runs.find(fits);
  if (present !== undefined) {
    return present;
  }
  return await new Promise((resolve) => {
    const look = (): void => {
      const found = store.runs.find(fits);
      if (found !== undefined) {
        subscription.dispose();
        resolve(found);
      }
    };
    const subscription = vscode.Disposable.from(
      store.onDidChangeRun(look),
      store.onDidChangeList(look),
    );
  });
}

/** Until the store has forgotten a run. */
export async function waitForRemoval(store: RunStore, run: TrainingRun): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (store.find(run.id) === null) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = store.onDidChangeList(look);
    look();
  });
}

/** Our problems of a file, once there are some that fit. */
export async function waitForProblems(
  uri: vscode.Uri,
  fits: (problems: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  const read = (): readonly vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Training Sleuth');
  if (fits(read())) {
    return read();
  }
  return await new Promise((resolve) => {
    const subscription = vscode.languages.onDidChangeDiagnostics(() => {
      if (fits(read())) {
        subscription.dispose();
        resolve(read());
      }
    });
  });
}

export async function readHints(
  uri: vscode.Uri,
): Promise<{ line: number; column: number; text: string }[]> {
  const document = await vscode.workspace.openTextDocument(uri);
  await (await activateExtension()).lines.settle();
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    uri,
    new vscode.Range(0, 0, document.lineCount, 0),
  );
  return hints.map(({ position, label }) => ({
    line: position.line + 1,
    column: position.character,
    text: typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
  }));
}

export async function closeAllEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Chooses the first item of whatever a command asks, until the command has come to its end. */
export async function acceptQuickPicks(command: Thenable<unknown>): Promise<void> {
  const state = { isDone: false };
  const done = Promise.resolve(command).finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  await done;
}
