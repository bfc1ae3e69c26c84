import * as vscode from 'vscode';
import { abortSignalOf } from '../abort-signal.ts';
import type { RunStore } from './run-store.ts';

/** Files that may be traces: their first bytes decide. */
export const TRACE_FILES =
  '**/*.{json,json.gz,json.zip,json.zst,jsonl,sqlite,db,nsys-rep,xplane.pb,xplane.pb.gz,pftrace,pftrace.gz,perfetto-trace,perfetto-trace.gz}';

/** Dumps of NCCL's flight recorder: their names end with the rank. */
export const DUMP_FILES = '**/*{dump,trace_rank}_[0-9]*';

/** Logs, which are looked into only where all files are. */
const LOG_FILES = '**/*.{log,out,txt}';

/** By the names that the profilers and our recorder give, then by those that people give. */
const LIKELY_FILES: readonly string[] = [
  '**/*.{pt.trace.json,pt.trace.json.gz,spans.jsonl}',
  '**/*.{sqlite,nsys-rep}',
  '**/*.{xplane.pb,xplane.pb.gz,pftrace,pftrace.gz,perfetto-trace,perfetto-trace.gz}',
  DUMP_FILES,
  '**/*{trace,timeline,profile,rank,worker}*.{json,json.gz,json.zip,json.zst,jsonl}',
];

/** Folders that hold no runs, and many files; the same as the command line passes over. */
export const PASSED_OVER = '**/{node_modules,site-packages,dist-packages,__pycache__,venv,.*}/**';

const PASSED_OVER_FOLDER =
  /(^|[\\/])(node_modules|site-packages|dist-packages|__pycache__|venv|\.[^\\/]*)[\\/]/;

/** Files of one glob whose first bytes are read; more are a data set. */
const MAX_FILES = 5_000;

export interface DiscoveryOptions {
  /** Looks into all that may be traces, not only where names say so. */
  readonly inAll: boolean;
  readonly token?: vscode.CancellationToken;
}

/**
 * Finds the runs of the workspace. Tells how many files were looked into, and whether there are more
 * that were not. Rejects with `AnalysisCanceled` where the token says so.
 */
export async function discoverWorkspace(
  store: RunStore,
  { inAll, token }: DiscoveryOptions,
): Promise<{ fileCount: number; isWhole: boolean }> {
  const globs = inAll ? [...LIKELY_FILES, TRACE_FILES, LOG_FILES] : LIKELY_FILES;
  const lists = await Promise.all(
    globs.map(
      async (glob) => await vscode.workspace.findFiles(glob, PASSED_OVER, MAX_FILES, token),
    ),
  );
  const paths = new Set(lists.flat().map((uri) => uri.fsPath));
  await store.discover([...paths].sort(), [], token && abortSignalOf(token));
  return { fileCount: paths.size, isWhole: lists.every((list) => list.length < MAX_FILES) };
}

/** Whether a file of the workspace lies in a folder that is passed over. */
export function isPassedOver(path: string): boolean {
  const isInWorkspace = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined;
  return isInWorkspace && PASSED_OVER_FOLDER.test(vscode.workspace.asRelativePath(path, false));
}
