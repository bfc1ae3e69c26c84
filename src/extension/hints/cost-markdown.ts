import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import type { LineCost } from '../../core/model/report.ts';
import { LINK_COMMANDS } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { describeHow } from '../source/open-place.ts';
import type { CostedLine } from './line-costs.ts';

/** More ranks than this are summed up by their extremes. */
const MAX_RANKS = 8;

/** `312 ms/step · 71 % · p95 480 ms`. */
export function formatCost(cost: LineCost): string {
  const { p50Ns, p95Ns } = cost.perStep;
  return vscode.l10n.t(
    '{0}/step · {1} · p95 {2}',
    formatDuration(p50Ns),
    formatPercent(cost.sharePercent),
    formatDuration(p95Ns),
  );
}

/** `71 %`; one decimal below 10. */
export function formatPercent(percent: number): string {
  return `${percent < 10 ? String(Number(percent.toFixed(1))) : percent.toFixed(0)}\u00a0%`;
}

/** The hover of a line. Text of the trace is escaped; only our own commands are links. */
export function describeCosts(line: CostedLine, run: TrainingRun): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = { enabledCommands: Object.values(LINK_COMMANDS) };
  for (const cost of line.costs) {
    appendCost(markdown, cost);
  }
  for (const { index, finding } of line.findings) {
    markdown.appendMarkdown('\n\n⚠ ');
    markdown.appendText(finding.title);
    markdown.appendMarkdown(
      ` · ${commandLink(vscode.l10n.t('show'), LINK_COMMANDS.showFinding, [run.id, line.generation, index])}`,
    );
  }
  markdown.appendMarkdown('\n\n');
  markdown.appendText(describeHow(line.how));
  if (line.isOlderThanFile) {
    markdown.appendText(' ');
    markdown.appendText(
      vscode.l10n.t('The file was changed after this run was recorded: lines may have moved.'),
    );
  }
  markdown.appendMarkdown(
    `\n\n${commandLink(vscode.l10n.t('Open the run'), LINK_COMMANDS.showRun, [run.id])} · `,
  );
  markdown.appendText(run.group.name);
  return markdown;
}

function appendCost(markdown: vscode.MarkdownString, cost: LineCost): void {
  const { p50Ns, p95Ns, p99Ns, count } = cost.perStep;
  markdown.appendMarkdown('**');
  markdown.appendText(cost.name);
  markdown.appendMarkdown(`** · ${cost.phase}\n\n`);
  markdown.appendMarkdown(
    [
      `| ${vscode.l10n.t('per step')} | p50 | p95 | p99 | ${vscode.l10n.t('share')} | ${vscode.l10n.t('steps')} |`,
      '|---|--:|--:|--:|--:|--:|',
      `| ${vscode.l10n.t('all ranks')} | ${[p50Ns, p95Ns, p99Ns].map(formatDuration).join(' | ')} | ${formatPercent(cost.sharePercent)} | ${count} |`,
      ...ranksToShow(cost).map(
        (rank) =>
          `| ${vscode.l10n.t('rank {0}', rank.rank)} | ${formatDuration(rank.p50Ns)} | | | ${formatPercent(rank.sharePercent)} | |`,
      ),
      '',
      '',
    ].join('\n'),
  );
}

/** All ranks, or the fastest and the slowest of many. */
function ranksToShow(cost: LineCost): LineCost['byRank'] {
  if (cost.byRank.length < 2) {
    return [];
  }
  if (cost.byRank.length <= MAX_RANKS) {
    return cost.byRank;
  }
  const sorted = [...cost.byRank].sort((a, b) => a.p50Ns - b.p50Ns);
  return [...sorted.slice(0, 1), ...sorted.slice(-3)];
}

function commandLink(text: string, command: string, args: readonly unknown[]): string {
  return `[${text}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
}
