import * as vscode from 'vscode';
import type { Finding } from '../../core/model/report.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { findingArgs } from './link-args.ts';

/** The finding that a link means; null, and the user is told, where a newer analysis has replaced it. */
export function readLinkedFinding(
  store: RunStore,
  args: readonly unknown[],
): { readonly run: TrainingRun; readonly finding: Finding } | null {
  const [runId, generation, index] = findingArgs.parse(args);
  const run = store.find(runId);
  const finding =
    run?.analyzed?.generation === generation ? run.analyzed.report.findings[index] : undefined;
  if (run === null || finding === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The run was analyzed again since this finding was shown. Choose it again from the list of runs.',
      ),
    );
    return null;
  }
  return { run, finding };
}
