import type * as vscode from 'vscode';
import type { RunStore } from '../runs/run-store.ts';
import type { AnalyzedRun, TrainingRun } from '../runs/training-run.ts';
import type { SourceResolver } from './source-resolver.ts';

/** A run names few scripts that somebody edits. */
const MAX_SOURCES = 50;

/** As soon as a run is analyzed, keeps its scripts as they are, while they are still what ran. */
export function keepRecordedTexts(
  store: RunStore,
  resolver: SourceResolver,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const seen = new WeakSet<AnalyzedRun>();
  return store.onDidChangeRun((run) => {
    if (run.analyzed !== null && !seen.has(run.analyzed)) {
      seen.add(run.analyzed);
      keepTexts(run, resolver).catch((error: unknown) => log.warn(String(error)));
    }
  });
}

async function keepTexts(run: TrainingRun, resolver: SourceResolver): Promise<void> {
  const sources = run.analyzed?.report.run.sources ?? [];
  for (const { file } of sources.slice(0, MAX_SOURCES)) {
    for (const path of await resolver.findFiles({ file, line: 1, how: 'recorded' }, run)) {
      await resolver.moved.readRecorded(run, file, path);
    }
  }
}
