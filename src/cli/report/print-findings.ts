import { formatDuration } from '../../base/format-duration.ts';
import type { Finding, Report, SavingIntervals, Severity } from '../../core/model/report.ts';
import { plainText, shorten } from '../terminal/plain-text.ts';
import type { Look } from '../terminal/style.ts';
import { formatCount } from './format-count.ts';
import { formatPercent } from './format-percent.ts';
import { formatRanks } from './format-ranks.ts';
import type { Paper } from './paper.ts';

const INDENT = '     ';

const SEVERITY_LOOKS: Readonly<Record<Severity, Look>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};

/** Findings in the order of the report, which is by saving. */
export function printFindings({ findings, run }: Report, paper: Paper): void {
  if (findings.length === 0) {
    paper.heading('No findings');
    return;
  }
  paper.heading(`Findings, by what a fix gives back (${findings.length})`);
  findings.forEach((finding, i) => {
    paper.line();
    printFinding(finding, i + 1, run.ranks.length, paper);
  });
}

function printFinding(finding: Finding, number: number, rankCount: number, paper: Paper): void {
  const { style } = paper;
  const label = String(number).padStart(3);
  paper.paragraph(plainText(finding.title), 'bold', `${label}  `, INDENT);
  const facts = [
    style(SEVERITY_LOOKS[finding.severity], finding.severity),
    finding.id,
    `${finding.confidence} confidence`,
    finding.ranks.length === rankCount ? '' : `rank ${formatRanks(finding.ranks)}`,
  ];
  paper.line(INDENT + facts.filter((fact) => fact !== '').join(style('dim', ' · ')));
  printPlace(finding, paper);
  paper.paragraph(plainText(finding.why), null, INDENT);
  printSaving(finding, paper);
  for (const { text, link } of finding.advice) {
    paper.paragraph(plainText(text), null, `${INDENT}→ `, `${INDENT}  `);
    if (link !== undefined) {
      paper.line(`${INDENT}  ${style('dim', plainText(link))}`);
    }
  }
}

function printPlace({ location, annotations }: Finding, paper: Paper): void {
  if (location !== null) {
    const line = `:${location.line} (${location.how})`;
    const room = paper.width - INDENT.length - 'at '.length - line.length;
    paper.line(
      `${INDENT}at ${paper.style('cyan', shorten(plainText(location.file), room) + line)}`,
    );
  } else if (annotations.length > 0) {
    const names = annotations.slice(0, 3).map((name) => shorten(plainText(name), 60));
    paper.paragraph(`in ${names.join(', in ')} (name only)`, null, INDENT);
  }
}

function printSaving(
  { savingPercent, savingNsPerStep, savingHow, savingFrom, whatIf }: Finding,
  paper: Paper,
): void {
  if (savingNsPerStep > 0) {
    const saving = `${formatPercent(savingPercent)}, ${formatDuration(savingNsPerStep)} a step`;
    paper.paragraph(`could save ${saving}: ${plainText(savingHow)}`, null, INDENT);
    printIntervals(savingFrom, paper);
  }
  if (whatIf !== undefined) {
    paper.paragraph(plainText(whatIf.text), 'bold', INDENT);
  }
}

/** The others are in the JSON. */
function printIntervals(savingFrom: SavingIntervals | undefined, paper: Paper): void {
  const first = savingFrom?.longest[0];
  if (savingFrom === undefined || first === undefined) {
    return;
  }
  const { count, totalNs } = savingFrom;
  const { rank, step, durationNs } = first;
  const where = step === null ? `rank ${rank}` : `rank ${rank}, step ${step}`;
  const text = `from ${formatCount(count, 'interval')}, ${formatDuration(totalNs)} in all; the longest ${formatDuration(durationNs)} (${where})`;
  paper.paragraph(text, 'dim', INDENT);
}
