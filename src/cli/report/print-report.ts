import { formatDuration } from '../../base/format-duration.ts';
import type { BaselineReport, Report, VerdictKind } from '../../core/model/report.ts';
import { plainText, shorten } from '../terminal/plain-text.ts';
import type { Look, Style } from '../terminal/style.ts';
import { formatCount, formatWhole } from './format-count.ts';
import { formatRanks } from './format-ranks.ts';
import { Paper } from './paper.ts';
import { printFindings } from './print-findings.ts';
import { printAbsent, printHealth } from './print-health.ts';
import { printRanks } from './print-ranks.ts';
import { printWhatIf } from './print-what-if.ts';

const MIN_WIDTH = 60;
const MAX_WIDTH = 100;

/** The report for a person at a terminal: what it rests on, what is wrong with it, what it says. */
export function printReport(
  report: Report,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const paper = new Paper(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)), style);
  printRun(report, paper);
  printHealth(report, paper);
  printVerdict(report, paper);
  printStepTime(report, paper);
  printBaseline(report, paper);
  printWhatIf(report, paper);
  printRanks(report, paper);
  printFindings(report, paper);
  printAbsent(report, paper);
  printFailures(report, paper);
  return paper.text();
}

function printRun({ run, ranks }: Report, paper: Paper): void {
  paper.line(paper.style('bold', shorten(plainText(run.name), paper.width)));
  const { total, analyzed, warmup, how } = run.steps;
  const worldSize = run.worldSize === null ? '' : ` of ${run.worldSize}`;
  const devices = new Set(ranks.flatMap(({ device }) => device?.name ?? []));
  const hasWork = ranks.some(({ breakdown }) => breakdown !== null);
  const parts = [
    formatCount(run.files.length, 'file'),
    run.formats.join(', '),
    `${run.ranks.length === 1 ? 'rank' : 'ranks'} ${formatRanks(run.ranks)}${worldSize}`,
    total === 0
      ? 'no steps'
      : `${formatCount(total, 'step')} (${how}): ${formatWhole(analyzed)} analyzed, ${formatWhole(warmup)} warm-up`,
    devices.size > 0 ? [...devices].join(', ') : hasWork ? 'device not named' : 'no device events',
  ];
  paper.paragraph(plainText(parts.filter((part) => part !== '').join(' · ')), 'dim');
}

const VERDICT_LOOKS: Readonly<Partial<Record<VerdictKind, Look>>> = {
  balanced: 'green',
  inconclusive: 'yellow',
};

function printVerdict({ verdict }: Report, paper: Paper): void {
  const look = VERDICT_LOOKS[verdict.kind] ?? 'magenta';
  paper.heading(`Verdict: ${paper.style(look, verdict.kind)}`);
  paper.paragraph(plainText(verdict.text), null, '  ');
}

function printStepTime({ stepTime }: Report, paper: Paper): void {
  if (stepTime === null) {
    return;
  }
  const { p50Ns, p95Ns, p99Ns, meanNs, count: steps } = stepTime;
  paper.heading('Step time');
  paper.paragraph(
    `p50 ${formatDuration(p50Ns)}   p95 ${formatDuration(p95Ns)}   p99 ${formatDuration(p99Ns)}   mean ${formatDuration(meanNs)} of ${formatCount(steps, 'step')}`,
    null,
    '  ',
  );
}

const STANDING_LOOKS: Readonly<Partial<Record<BaselineReport['standing'], Look>>> = {
  slower: 'red',
  faster: 'green',
  'too-few-steps': 'yellow',
  'no-steps': 'yellow',
};

function printBaseline({ baseline }: Report, paper: Paper): void {
  if (baseline === null || baseline === undefined) {
    return;
  }
  const name = shorten(plainText(baseline.name), paper.width - 25);
  const look = STANDING_LOOKS[baseline.standing];
  const standing = baseline.standing.replaceAll('-', ' ');
  paper.heading(
    `Against the baseline ${name}: ${look === undefined ? standing : paper.style(look, standing)}`,
  );
  paper.paragraph(plainText(baseline.text), null, '  ');
}

function printFailures({ failures }: Report, paper: Paper): void {
  for (const { detector, message } of failures) {
    paper.line();
    paper.paragraph(
      plainText(`The detector ${detector} failed and says nothing here: ${message}`),
      'red',
    );
  }
}
