import { basename } from 'node:path';
import * as vscode from 'vscode';
import { NSIGHT_REPORT } from '../../core/formats/known-files.ts';
import { exportNsight } from '../../files/export-nsight.ts';
import { abortSignalOf } from '../abort-signal.ts';
import type { Services } from '../services.ts';
import { analyzeRun, withCancel } from './analyze-run.ts';

/** Lets Nsight Systems export a report that it recorded, and analyzes the run in it. */
export async function exportNsightReport(services: Services, chosen?: unknown): Promise<void> {
  const report = chosen instanceof vscode.Uri ? chosen : await askReport();
  if (report === undefined || !NSIGHT_REPORT.test(report.fsPath)) {
    return;
  }
  if (!vscode.workspace.isTrusted) {
    throw new Error(
      vscode.l10n.t(
        'nsys is run in trusted workspaces only. Trust this one, or export the report in a terminal: nsys export --type sqlite {0}',
        basename(report.fsPath),
      ),
    );
  }
  const database = await withCancel(
    vscode.l10n.t('Nsight Systems exports {0}', basename(report.fsPath)),
    async (token) => {
      const signal = abortSignalOf(token);
      return await exportNsight(report.fsPath, signal).catch((error: unknown) => {
        if (signal.aborted) {
          return null;
        }
        throw error;
      });
    },
  );
  if (database !== null) {
    await analyzeRun(services, await services.store.runOfFile(database));
  }
}

async function askReport(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Export which report of Nsight Systems?'),
    openLabel: vscode.l10n.t('Export and Analyze'),
    filters: { 'Nsight Systems': ['nsys-rep', 'qdrep'] },
  });
  return chosen?.[0];
}
