import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import type { Finding, RankReport, Severity } from '../../core/model/report.ts';
import { formatPercent } from '../format-percent.ts';
import type { Pulse } from '../../core/live/judge-pulse.ts';
import { LINK_COMMANDS } from '../ids.ts';
import { liveText, pulseText } from '../live/pulse-text.ts';
import type { TrainingRun } from '../runs/training-run.ts';

/** A row of the tree: a run, or what its report says. */
export type RunNode =
  | { readonly kind: 'run'; readonly run: TrainingRun }
  | { readonly kind: 'verdict'; readonly run: TrainingRun; readonly text: string }
  | {
      readonly kind: 'finding';
      readonly run: TrainingRun;
      readonly generation: number;
      readonly index: number;
      readonly finding: Finding;
    }
  | { readonly kind: 'ranks'; readonly run: TrainingRun }
  | { readonly kind: 'rank'; readonly run: TrainingRun; readonly rank: RankReport };

export function childrenOf(node: RunNode): RunNode[] {
  const { run } = node;
  if (run.analyzed === null) {
    return [];
  }
  const { report, generation } = run.analyzed;
  if (node.kind === 'ranks') {
    return report.ranks.map((rank) => ({ kind: 'rank', run, rank }));
  }
  return node.kind === 'run'
    ? [
        { kind: 'verdict', run, text: report.verdict.text },
        ...report.findings.map((finding, index) => ({
          kind: 'finding' as const,
          run,
          generation,
          index,
          finding,
        })),
        { kind: 'ranks', run },
      ]
    : [];
}

/** What a run is beside the others. */
export interface Role {
  readonly isShown: boolean;
  readonly isBaseline: boolean;
  /** Null of a run that was not seen to grow. */
  readonly pulse: Pulse | null;
}

export function describeNode(node: RunNode, role: Role): vscode.TreeItem {
  switch (node.kind) {
    case 'run':
      return describeRun(node.run, role);
    case 'verdict':
      return item(node.text, {
        tooltip: node.text,
        iconPath: new vscode.ThemeIcon('law'),
        command: openRun(node.run),
      });
    case 'finding':
      return describeFinding(node);
    case 'ranks': {
      const ranks = item(vscode.l10n.t('Ranks'), { iconPath: new vscode.ThemeIcon('server') });
      ranks.description = String(node.run.analyzed?.report.ranks.length ?? 0);
      ranks.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
      return ranks;
    }
    case 'rank':
      return describeRank(node.run, node.rank);
  }
}

function describeRun(run: TrainingRun, { isShown, isBaseline, pulse }: Role): vscode.TreeItem {
  const state = stateOf(run, pulse);
  const described = item(run.group.name, {
    description: isBaseline ? vscode.l10n.t('baseline · {0}', state) : state,
    tooltip: `${[run.group.folder, pulseText(pulse, run)].filter((text) => text !== '').join('\n')}\n${run.group.files.map((file) => file.path).join('\n')}`,
    iconPath: iconOfRun({ isShown, isBaseline, pulse }),
    contextValue: isBaseline ? 'baselineRun' : 'run',
    command: openRun(run),
  });
  // VS Code keeps a row folded that had nothing below it; with another id it opens by itself.
  described.id = `${run.id}\n${run.analyzed === null ? 'found' : 'analyzed'}`;
  described.collapsibleState =
    run.analyzed === null
      ? vscode.TreeItemCollapsibleState.None
      : vscode.TreeItemCollapsibleState.Expanded;
  return described;
}

/** That a run trains or has stopped goes before that it is shown, which its hints say too. */
function iconOfRun({ isShown, isBaseline, pulse }: Role): vscode.ThemeIcon {
  if (pulse?.kind === 'live') {
    return new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green'));
  }
  if (pulse?.kind === 'silent' || pulse?.kind === 'gone') {
    return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('charts.orange'));
  }
  return new vscode.ThemeIcon(isShown ? 'eye' : isBaseline ? 'milestone' : 'graph');
}

function stateOf(run: TrainingRun, pulse: Pulse | null): string {
  const { state } = run;
  const live = liveText(pulse, run);
  if (live !== '' && (state.kind === 'ready' || state.kind === 'found')) {
    return live;
  }
  switch (state.kind) {
    case 'found':
      return run.group.files.length === 1
        ? vscode.l10n.t('1 file, not analyzed yet')
        : vscode.l10n.t('{0} files, not analyzed yet', run.group.files.length);
    case 'analyzing':
      return vscode.l10n.t('analyzing, {0}', formatPercent(state.percent));
    case 'failed':
      return state.message;
    case 'gone':
      return vscode.l10n.t('files deleted');
    case 'ready':
      return run.analyzed?.report.stepTime
        ? vscode.l10n.t('{0} per step', formatDuration(run.analyzed.report.stepTime.p50Ns))
        : '';
  }
}

function describeFinding({
  run,
  generation,
  index,
  finding,
}: Extract<RunNode, { kind: 'finding' }>): vscode.TreeItem {
  return item(finding.title, {
    description:
      finding.savingPercent > 0
        ? vscode.l10n.t('saves up to {0}', formatPercent(finding.savingPercent))
        : '',
    tooltip: [finding.title, finding.why, ...finding.advice.map(({ text }) => text)].join('\n\n'),
    iconPath: iconOf(finding.severity),
    contextValue: 'finding',
    command: {
      command: LINK_COMMANDS.showFinding,
      title: '',
      arguments: [run.id, generation, index],
    },
  });
}

function describeRank(run: TrainingRun, rank: RankReport): vscode.TreeItem {
  const parts = [
    rank.stepTime === null
      ? null
      : vscode.l10n.t('{0} per step', formatDuration(rank.stepTime.p50Ns)),
    rank.breakdown === null
      ? null
      : vscode.l10n.t('idle {0}', formatPercent(rank.breakdown.idlePercent)),
    rank.device?.name ?? null,
  ];
  return item(vscode.l10n.t('Rank {0}', rank.rank), {
    description: parts.filter((part) => part !== null).join(' · '),
    iconPath: new vscode.ThemeIcon('circle-outline'),
    command: { command: LINK_COMMANDS.showRun, title: '', arguments: [run.id, rank.rank] },
  });
}

function iconOf(severity: Severity): vscode.ThemeIcon {
  switch (severity) {
    case 'error':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'warning':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    case 'info':
      return new vscode.ThemeIcon('info');
  }
}

function openRun(run: TrainingRun): vscode.Command {
  return { command: LINK_COMMANDS.showRun, title: '', arguments: [run.id] };
}

function item(label: string, fields: Partial<vscode.TreeItem>): vscode.TreeItem {
  return Object.assign(new vscode.TreeItem(label), fields);
}
