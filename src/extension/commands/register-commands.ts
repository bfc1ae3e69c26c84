import * as vscode from 'vscode';
import { COMMANDS, LINK_COMMANDS } from '../ids.ts';
import { AnalysisCanceled } from '../runs/training-run.ts';
import type { Services } from '../services.ts';
import { areHintsEnabled, setHintsEnabled } from '../settings.ts';
import { fixApplied } from '../fixes/after-fix.ts';
import { fixFinding } from '../fixes/fix-finding.ts';
import { addRecorder } from './add-recorder.ts';
import { analyzeWorkspaceRun } from './analyze-run.ts';
import { chooseShownRun } from './choose-shown-run.ts';
import { compareWithRecorded } from './compare-with-recorded.ts';
import { clearCache } from './clear-cache.ts';
import { exportNsightReport } from './export-nsight.ts';
import { copyFinding, exportAs, exportCsv } from './export-run.ts';
import { goToFinding, goToWorstFinding } from './go-to-finding.ts';
import { insertProfiler } from './insert-profiler.ts';
import { instrumentLoop, removeSpans } from './instrument-loop.ts';
import { openRun } from './open-run.ts';
import { clearBaseline, setBaseline } from './set-baseline.ts';
import { showLineSpans } from './show-line-spans.ts';
import { showFinding, showRun } from './show-run.ts';

type Command = (services: Services, ...args: unknown[]) => unknown;

const COMMAND_HANDLERS: Readonly<Record<string, Command>> = {
  [COMMANDS.analyzeRun]: analyzeWorkspaceRun,
  [COMMANDS.openRun]: openRun,
  [COMMANDS.goToWorstFinding]: goToWorstFinding,
  [COMMANDS.toggleHints]: () => setHintsEnabled(!areHintsEnabled()),
  [COMMANDS.clearFindings]: ({ store }) => store.show(null),
  [COMMANDS.chooseShownRun]: chooseShownRun,
  [COMMANDS.showLineSpans]: showLineSpans,
  [COMMANDS.compareWithRecorded]: compareWithRecorded,
  [COMMANDS.showLog]: ({ log }) => log.show(),
  [COMMANDS.addRecorder]: addRecorder,
  [COMMANDS.instrumentLoop]: instrumentLoop,
  [COMMANDS.removeInstrumentation]: removeSpans,
  [COMMANDS.insertProfiler]: insertProfiler,
  [COMMANDS.clearCache]: clearCache,
  [COMMANDS.exportNsight]: exportNsightReport,
  [COMMANDS.setBaseline]: setBaseline,
  [COMMANDS.clearBaseline]: clearBaseline,
  [COMMANDS.exportPng]: exportAs('png'),
  [COMMANDS.exportSvg]: exportAs('svg'),
  [COMMANDS.exportHtml]: exportAs('html'),
  [COMMANDS.exportMarkdown]: exportAs('markdown'),
  [COMMANDS.exportCsv]: exportCsv,
  [COMMANDS.exportChrome]: exportAs('chrome'),
  [LINK_COMMANDS.showRun]: showRun,
  [LINK_COMMANDS.showFinding]: showFinding,
  [LINK_COMMANDS.goToFinding]: goToFinding,
  [LINK_COMMANDS.copyFinding]: copyFinding,
  [LINK_COMMANDS.fixFinding]: fixFinding,
  [LINK_COMMANDS.fixApplied]: fixApplied,
};

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(COMMAND_HANDLERS).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handler(services, ...args);
      } catch (error) {
        showError(error, services.log);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function showError(error: unknown, log: vscode.LogOutputChannel): void {
  if (error instanceof AnalysisCanceled) {
    return;
  }
  log.error(error instanceof Error ? error : String(error));
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window
    .showErrorMessage(error instanceof Error ? error.message : String(error), showLog)
    .then((choice) => (choice === showLog ? log.show() : undefined));
}
