import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import { openCandidates } from '../source/open-place.ts';
import { COMMANDS } from '../ids.ts';
import { findingArgs } from './link-args.ts';

/** Opens the line of the finding that saves most, of those that lead to a line. */
export async function goToWorstFinding({ store, resolver }: Services): Promise<void> {
  const run = store.shown;
  const findings = run?.analyzed?.report.findings;
  if (run === null || findings === undefined) {
    await offerAnalysis();
    return;
  }
  for (const finding of findings) {
    const candidates = candidatesOf(finding);
    if ((await resolver.resolve(candidates, run)).length > 0) {
      await openCandidates(resolver, candidates, run);
      return;
    }
  }
  void vscode.window.showInformationMessage(
    findings.length === 0
      ? vscode.l10n.t('Nothing was found in {0}: the run is balanced.', run.group.name)
      : vscode.l10n.t(
          'No finding leads to a line of this workspace. Open the folder that holds the training script, or record with the Training Sleuth recorder.',
        ),
  );
}

/** Opens the line of one finding; behind links. */
export async function goToFinding(
  { store, resolver }: Services,
  ...args: unknown[]
): Promise<void> {
  const [runId, index] = findingArgs.parse(args);
  const run = store.find(runId);
  const finding = run?.analyzed?.report.findings[index];
  if (run !== null && finding !== undefined) {
    await openCandidates(resolver, candidatesOf(finding), run);
  }
}

async function offerAnalysis(): Promise<void> {
  const analyze = vscode.l10n.t('Analyze Training Run');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('No run is analyzed yet.'),
    analyze,
  );
  if (choice === analyze) {
    await vscode.commands.executeCommand(COMMANDS.analyzeRun);
  }
}
