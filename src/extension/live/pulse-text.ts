import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import type { Pulse } from '../../core/live/judge-pulse.ts';
import type { TrainingRun } from '../runs/training-run.ts';

/** `live · step 812`, `no step for 3 min; the last was step 812`; empty of a run that is over, or was none. */
export function pulseText(pulse: Pulse | null, run: TrainingRun): string {
  const last = run.analyzed?.report.run.steps.last ?? null;
  switch (pulse?.kind) {
    case undefined:
    case 'ended':
      return '';
    case 'live':
      return last === null ? vscode.l10n.t('live') : vscode.l10n.t('live · step {0}', last);
    case 'silent':
      return last === null
        ? vscode.l10n.t('nothing was written for {0}', formatSilence(pulse.silentMs))
        : vscode.l10n.t(
            'no step for {0}; the last was step {1}',
            formatSilence(pulse.silentMs),
            last,
          );
    case 'gone':
      return last === null
        ? vscode.l10n.t(
            'stopped {0} ago: its process is gone, and did not close its files',
            formatSilence(pulse.silentMs),
          )
        : vscode.l10n.t(
            'stopped {0} ago: its process is gone, and did not close its files; the last was step {1}',
            formatSilence(pulse.silentMs),
            last,
          );
  }
}

/** Of an analysed run that grows, with what a step takes. */
export function liveText(pulse: Pulse | null, run: TrainingRun): string {
  const stepTime = run.analyzed?.report.stepTime ?? null;
  const text = pulseText(pulse, run);
  return pulse?.kind === 'live' && stepTime !== null
    ? `${text} · ${vscode.l10n.t('{0} per step', formatDuration(stepTime.p50Ns))}`
    : text;
}

function formatSilence(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) {
    return `${seconds}\u00a0s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes}\u00a0min` : `${Math.round(minutes / 60)}\u00a0h`;
}
