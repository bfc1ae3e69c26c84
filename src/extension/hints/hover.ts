import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import { judgeLine } from '../../core/hints/line-facts.ts';
import { type ComparableRun, trendOf } from '../../core/hints/line-trend.ts';
import type { LineCost } from '../../core/model/report.ts';
import { fixableDetectors } from '../../core/source/fixes/offer-fixes.ts';
import { formatChange, formatPercent, formatSigned } from '../format-percent.ts';
import { COMMANDS, LINK_COMMANDS } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { describeHow } from '../source/open-place.ts';
import { pictureOf } from './histogram-picture.ts';
import type { ShownAnalysis, ShownLine } from './shown-lines.ts';

/** More ranks than this are summed up by their extremes. */
const MAX_RANKS = 8;
/** More spans than this of one line have room for their names alone. */
const MAX_COSTS = 3;
const MAX_LISTED = 10;

/** Between columns: tables of a hover have no room of their own. */
const WIDE = '\u2003';

/** Of these findings the script may be edited; which edit is safe is looked for when somebody asks. */
const FIXABLE = fixableDetectors();

const LINKED = [...Object.values(LINK_COMMANDS), COMMANDS.showLineSpans];

export interface HoverSurroundings {
  readonly uri: vscode.Uri;
  /** Of which lines are known, the shown one among them. */
  readonly runs: readonly ComparableRun[];
  /** How a run is that trains or did so a moment ago; else empty. */
  readonly pulse: string;
}

/** The hover of a line. Text of the trace is escaped; only our own commands are links. */
export function describeLine(
  line: ShownLine,
  { run, generation, stepTime }: ShownAnalysis,
  { uri, runs, pulse }: HoverSurroundings,
): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = { enabledCommands: LINKED };
  const spans = vscode.l10n.t('Show these spans on the timeline');
  markdown.appendMarkdown(
    `${commandLink(spans, COMMANDS.showLineSpans, [uri.toString(), line.line])} · ${commandLink(vscode.l10n.t('Open the run'), LINK_COMMANDS.showRun, [run.id])} · `,
  );
  markdown.appendText([run.group.name, pulse].filter((text) => text !== '').join(' · '));
  for (const cost of line.costs.slice(0, MAX_COSTS)) {
    appendHeading(markdown, cost);
    appendPicture(markdown, cost);
    markdown.appendMarkdown(factsTable(cost));
    appendSpread(markdown, cost, judgeLine(cost, stepTime).rank);
    appendTrend(markdown, cost, run, runs);
  }
  appendOthers(markdown, line.costs.slice(MAX_COSTS));
  for (const { index, finding } of line.findings) {
    markdown.appendMarkdown('\n\n⚠ ');
    markdown.appendText(finding.title);
    markdown.appendMarkdown(
      ` · ${commandLink(vscode.l10n.t('show'), LINK_COMMANDS.showFinding, [run.id, generation, index])}`,
    );
    if (FIXABLE.includes(finding.id)) {
      const fix = vscode.l10n.t('fix…');
      markdown.appendMarkdown(
        ` · ${commandLink(fix, LINK_COMMANDS.fixFinding, [run.id, generation, index])}`,
      );
    }
  }
  markdown.appendMarkdown('\n\n');
  markdown.appendText(`${describeHow(line.how)}${describeState(line.state)}`);
  return markdown;
}

/** What became of the line, where that is worth a word; a line that only moved is still itself. */
function describeState(state: ShownLine['state']): string {
  switch (state) {
    case 'changed':
      return ` ${vscode.l10n.t('It was changed after this run was recorded: “Compare Script With Recorded” shows what ran.')}`;
    case 'unknown':
      return ` ${vscode.l10n.t('The file was changed after this run was recorded: lines may have moved.')}`;
    default:
      return '';
  }
}

function appendHeading(markdown: vscode.MarkdownString, { name, phase }: LineCost): void {
  markdown.appendMarkdown('\n\n**');
  markdown.appendText(name);
  markdown.appendMarkdown(name === phase ? '**\n\n' : `** · ${phase}\n\n`);
}

function factsTable(cost: LineCost): string {
  const { perStep, sharePercent, byRank, baseline = null } = cost;
  const { p50Ns, p95Ns, p99Ns, count } = perStep;
  const { occursIn = count } = cost;
  const steps = occursIn < count ? vscode.l10n.t('in {0} of {1}', occursIn, count) : String(count);
  const times = [p50Ns, p95Ns, p99Ns].map((ns) => WIDE + formatDuration(ns));
  const whole =
    byRank.length < 2 ? vscode.l10n.t('this run') : vscode.l10n.t('all {0} ranks', byRank.length);
  const rows = [
    `| ${vscode.l10n.t('per step')} | p50 | p95 | p99 | ${vscode.l10n.t('share')} | ${vscode.l10n.t('steps')} |`,
    '|:--|--:|--:|--:|--:|--:|',
    `| ${whole} | ${times.join(' | ')} | ${WIDE}${formatPercent(sharePercent)} | ${WIDE}${steps} |`,
    ...(baseline === null
      ? []
      : [
          `| ${vscode.l10n.t('baseline')} (${formatChange(baseline.deltaPercent)}) | ${formatDuration(baseline.p50Ns)} | | | | |`,
        ]),
    ...ranksToShow(byRank).map(
      (rank) =>
        `| ${vscode.l10n.t('rank {0}', rank.rank)} | ${formatDuration(rank.p50Ns)} | | | ${formatPercent(rank.sharePercent)} | |`,
    ),
  ];
  return `${rows.join('\n')}\n\n`;
}

function appendPicture(markdown: vscode.MarkdownString, cost: LineCost): void {
  const picture = pictureOf(cost, vscode.window.activeColorTheme.kind);
  if (picture !== null) {
    markdown.appendMarkdown(`![${picture.alt}](${picture.source})\n\n`);
  }
}

function appendSpread(
  markdown: vscode.MarkdownString,
  { byRank }: LineCost,
  spread: { readonly rank: number; readonly percent: number } | null,
): void {
  if (spread !== null) {
    markdown.appendText(
      vscode.l10n.t(
        'Rank {0} takes {1} against the median of the other {2} ranks.',
        spread.rank,
        formatSigned(spread.percent),
        byRank.length - 1,
      ),
    );
    markdown.appendMarkdown('\n\n');
  }
}

function appendTrend(
  markdown: vscode.MarkdownString,
  cost: LineCost,
  run: TrainingRun,
  runs: readonly ComparableRun[],
): void {
  const own = runs.find(({ id }) => id === run.id);
  const points = own === undefined ? [] : trendOf(cost, own, runs);
  if (points.length === 0) {
    return;
  }
  markdown.appendMarkdown(`${vscode.l10n.t('p50 over the last runs, the oldest first:')} `);
  points.forEach(({ id, name, timeNs }, i) => {
    const before = points[i - 1]?.timeNs;
    const change =
      before === undefined || before === 0
        ? ''
        : ` (${formatChange((100 * (timeNs - before)) / before)})`;
    const time = `${formatDuration(timeNs)}${change}`;
    markdown.appendMarkdown(i === 0 ? '' : ' → ');
    markdown.appendMarkdown(
      id === run.id ? `**${time}**` : commandLink(time, LINK_COMMANDS.showRun, [id], name),
    );
  });
  markdown.appendMarkdown('\n\n');
}

/** One line for what there is no room for. */
function appendOthers(markdown: vscode.MarkdownString, others: readonly LineCost[]): void {
  for (const { name, perStep, sharePercent } of others.slice(0, MAX_LISTED)) {
    markdown.appendMarkdown('\n\n');
    markdown.appendText(
      `${name}: ${formatDuration(perStep.meanNs)} · ${formatPercent(sharePercent)}`,
    );
  }
}

/** All ranks, or the fastest and the slowest of many. */
function ranksToShow(byRank: LineCost['byRank']): LineCost['byRank'] {
  if (byRank.length < 2) {
    return [];
  }
  if (byRank.length <= MAX_RANKS) {
    return byRank;
  }
  const sorted = [...byRank].sort((a, b) => a.p50Ns - b.p50Ns);
  return [...sorted.slice(0, 1), ...sorted.slice(-3)];
}

/** `title` is shown on pointing at the link; text of a trace, made harmless. */
function commandLink(
  text: string,
  command: string,
  args: readonly unknown[],
  title: string | null = null,
): string {
  const shown = title === null ? '' : ` "${title.replaceAll(/[^\p{L}\p{N} ._-]/gu, '_')}"`;
  return `[${text}](command:${command}?${encodeURIComponent(JSON.stringify(args))}${shown})`;
}
