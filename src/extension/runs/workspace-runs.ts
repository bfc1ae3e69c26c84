import * as vscode from 'vscode';
import { EXCLUDED_FOLDERS } from '../source/workspace-files.ts';
import type { RunStore } from './run-store.ts';
import type { TrainingRun } from './training-run.ts';

/** Files whose name alone says that they belong to a run; the same as the editor's selector. */
export const RUN_FILES = '**/*.{pt.trace.json,pt.trace.json.gz,spans.jsonl}';

/** Files that may be traces: their first bytes decide. */
const LIKELY_FILES = '**/*{trace,timeline,profile,rank,worker}*.{json,json.gz,jsonl}';

const MAX_FILES = 2_000;

/** Finds the runs of the workspace by the names of their files. */
export async function discoverWorkspace(
  store: RunStore,
  options: { readonly withLikely: boolean },
): Promise<readonly TrainingRun[]> {
  const globs = options.withLikely ? [RUN_FILES, LIKELY_FILES] : [RUN_FILES];
  const lists = await Promise.all(
    globs.map(async (glob) => await vscode.workspace.findFiles(glob, EXCLUDED_FOLDERS, MAX_FILES)),
  );
  const paths = lists.flat().map((uri) => uri.fsPath);
  return await store.discover([...new Set(paths)].sort());
}
