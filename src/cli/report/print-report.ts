import { formatDuration } from '../../base/format-duration.ts';
import type { HealthLevel, Report, VerdictKind } from '../../core/model/report.ts';
import { plainText, shorten } from '../terminal/plain-text.ts';
import type { Look, Style } from '../terminal/style.ts';
import { formatRanks } from './format-ranks.ts';
import { Paper } from './paper.ts';
import { printFindings } from './print-findings.ts';
import { printRanks } from './print-ranks.ts';

const MIN_WIDTH = 60;
const MAX_WIDTH = 100;

const HEALTH_LOOKS: Readonly<Record<HealthLevel, Look>> = {
  ok: 'green',
  notable: 'yellow',
  poor: 'red',
};

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
  printRanks(report, paper);
  printFindings(report, paper);
  printFailures(report, paper);
  return paper.text();
}

function printRun({ run, ranks }: Report, paper: Paper): void {
  paper.line(paper.style('bold', shorten(plainText(run.name), paper.width)));
  const { total, analyzed, warmup, how } = run.steps;
  const worldSize = run.worldSize === null ? '' : ` of ${run.worldSize}`;
  const devices = new Set(ranks.flatMap(({ device }) => device?.name ?? []));
  const parts = [
    count(run.files.length, 'file'),
    run.formats.join(', '),
    `${run.ranks.length === 1 ? 'rank' : 'ranks'} ${formatRanks(run.ranks)}${worldSize}`,
    `${count(total, 'step')} (${how}): ${whole(analyzed)} analyzed, ${whole(warmup)} warm-up`,
    devices.size === 0 ? 'no device events' : [...devices].join(', '),
  ];
  paper.paragraph(plainText(parts.filter((part) => part !== '').join(' · ')), 'dim');
}

function printHealth({ health }: Report, paper: Paper): void {
  const { read, kept, repaired, dropped, clipped } = health.events;
  const look = HEALTH_LOOKS[health.level];
  paper.heading(`Trace health: ${paper.style(look, health.level)}`);
  const losses = [
    [repaired, 'repaired'],
    [dropped, 'dropped'],
    [clipped, 'clipped'],
  ] as const;
  const changes = losses.filter(([n]) => n > 0).map(([n, what]) => `${whole(n)} ${what}`);
  paper.paragraph(
    [`${whole(kept)} of ${whole(read)} events kept`, ...changes].join(', '),
    'dim',
    '  ',
  );
  if (health.missingRanks.length > 0) {
    paper.paragraph(`Missing ranks: ${formatRanks(health.missingRanks)}`, null, '  ');
  }
  for (const note of health.notes) {
    paper.paragraph(plainText(note.text), null, '  • ', '    ');
  }
  if (health.clock.method !== '') {
    paper.paragraph(plainText(clockLine(health.clock)), 'dim', '  ');
  }
}

function clockLine(clock: Report['health']['clock']): string {
  const uncertainty =
    clock.uncertaintyNs === null ? '' : `, uncertain by ${formatDuration(clock.uncertaintyNs)}`;
  return `Clocks: ${clock.method}${uncertainty}`;
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
    `p50 ${formatDuration(p50Ns)}   p95 ${formatDuration(p95Ns)}   p99 ${formatDuration(p99Ns)}   mean ${formatDuration(meanNs)} of ${count(steps, 'step')}`,
    null,
    '  ',
  );
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

function count(n: number, noun: string): string {
  return `${whole(n)} ${noun}${n === 1 ? '' : 's'}`;
}

function whole(n: number): string {
  return n.toLocaleString('en-US');
}
