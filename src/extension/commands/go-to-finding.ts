import * as vscode from 'vscode';
import type { Report } from '../../core/model/report.ts';
import type { Services } from '../services.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import { openCandidates } from '../source/open-place.ts';
import { COMMANDS } from '../ids.ts';
import { readLinkedFinding } from './linked-finding.ts';

/** Opens the line of the finding that saves most, of those that lead to a line. */
export async function goToWorstFinding({ store, resolver }: Services): Promise<void> {
  const run = store.shown;
  const report = run?.analyzed?.report;
  if (run === null || report === undefined) {
    await offerAnalysis();
    return;
  }
  for (const finding of report.findings) {
    const candidates = candidatesOf(finding);
    if ((await resolver.resolve(candidates, run)).length > 0) {
      await openCandidates(resolver, candidates, run);
      return;
    }
  }
  void vscode.window.showInformationMessage(whyNoLine(run.group.name, report));
}

/** Without findings, the verdict alone says how the run is: it need not be well. */
export function whyNoLine(name: string, { findings, verdict }: Report): string {
  return findings.length === 0
    ? vscode.l10n.t('There is no finding in {0}. {1}', name, verdict.text)
    : vscode.l10n.t(
        'No finding leads to a line of this workspace. Open the folder that holds the training script, or record with the Training Sleuth recorder.',
      );
}

/** Opens the line of one finding; behind links. */
export async function goToFinding(
  { store, resolver }: Services,
  ...args: unknown[]
): Promise<void> {
  const linked = readLinkedFinding(store, args);
  if (linked !== null) {
    await openCandidates(resolver, candidatesOf(linked.finding), linked.run);
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
