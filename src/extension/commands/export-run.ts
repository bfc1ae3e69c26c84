import * as vscode from 'vscode';
import { findingMarkdown } from '../../core/export/markdown.ts';
import * as z from 'zod';
import { TABLE_NAMES } from '../../core/model/table-names.ts';
import type { ExportKind } from '../../protocol/export-schemas.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { Services } from '../services.ts';
import { readLinkedFinding } from './linked-finding.ts';

/** Saves the run of the editor in front, or what it shows. */
export function exportAs(kind: Exclude<ExportKind, 'csv'>) {
  return async ({ editor }: Services): Promise<void> => {
    await editor.requireActive().export(kind);
  };
}

/** Asks which table of the run in front to save. */
export async function exportCsv({ editor }: Services): Promise<void> {
  const session = editor.requireActive();
  const details = {
    steps: vscode.l10n.t('start and duration of every step of every rank'),
    ranks: vscode.l10n.t('step time, device time by class, phases of every rank'),
    findings: vscode.l10n.t('what was found, with savings, thresholds and places'),
    lines: vscode.l10n.t('what each line or annotation costs a step'),
    gaps: vscode.l10n.t('every idle interval of every device, with its cause'),
  };
  const picked = await vscode.window.showQuickPick(
    TABLE_NAMES.map((label) => ({ label, description: details[label] })),
    { title: vscode.l10n.t('Save which table?') },
  );
  if (picked !== undefined) {
    await session.save({ kind: 'csv', table: picked.label });
  }
}

/** The tree gives the row on which the command was chosen. */
const nodeArgs = z.object({
  kind: z.literal('finding'),
  run: z.instanceof(TrainingRun),
  generation: z.int(),
  index: z.int(),
});

export async function copyFinding({ store }: Services, ...args: unknown[]): Promise<void> {
  const { run, generation, index } = nodeArgs.parse(args[0]);
  const linked = readLinkedFinding(store, [run.id, generation, index]);
  const report = linked?.run.analyzed?.report;
  if (linked !== null && report !== undefined) {
    await vscode.env.clipboard.writeText(findingMarkdown(linked.finding, report));
  }
}
