import { formatDuration } from '../../base/format-duration.ts';
import { formatPercent } from '../derived/wording.ts';
import type { Finding, Report } from '../model/report.ts';
import { thresholdUnit } from '../model/threshold-unit.ts';
import { healthMarkdown } from './health-markdown.ts';
import { code, escapeText, listMarkdown, table } from './markdown-text.ts';

const MAX_ROWS = 20;

/** A finding as an issue of its own: what, how much, on what it rests, what to do, how it was computed. */
export function findingMarkdown(finding: Finding, report: Report): string {
  return `${[`## ${escapeText(finding.title)}`, ...body(finding, report, '###'), footer(report)].join('\n\n')}\n`;
}

/** The whole report: verdict, numbers, findings in their order. */
export function reportMarkdown(report: Report): string {
  const { run, verdict, findings, health } = report;
  const blocks = [
    `# ${escapeText(run.name)}`,
    `**${escapeText(verdict.text)}**`,
    numbers(report),
    healthMarkdown(health),
    rankTable(report),
    findings.length === 0 ? 'There are no findings.' : '## Findings, by what a fix gives back',
    ...findings.flatMap((finding, i) => [
      `### ${i + 1}. ${escapeText(finding.title)}`,
      ...body(finding, report, '####'),
    ]),
    health.absent.length === 0
      ? ''
      : ['## What recording more would add', listMarkdown(health.absent)].join('\n\n'),
    footer(report),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function body(finding: Finding, report: Report, heading: string): readonly string[] {
  const { whatIf, why, advice } = finding;
  return [
    escapeText(why),
    whatIf === undefined ? '' : `**${escapeText(whatIf.text)}**`,
    facts(finding, report),
    ...section(`${heading} What to do`, adviceList(advice)),
    ...section(`${heading} Evidence`, evidenceTable(finding)),
    ...section(`${heading} How the saving is computed`, saving(finding)),
  ].filter((block) => block !== '');
}

function section(title: string, text: string): readonly string[] {
  return text === '' ? [] : [title, text];
}

function facts(finding: Finding, { run }: Report): string {
  const { location, annotations, ranks, threshold, savingPercent, savingNsPerStep } = finding;
  const places =
    location === null
      ? annotations.slice(0, 3).map(code)
      : [`${code(`${location.file}:${location.line}`)} (${location.how})`];
  const isEveryRank = run.ranks.length > 1 && [0, run.ranks.length].includes(ranks.length);
  const rows: [string, string][] = [
    ['Run', code(run.name)],
    ...(savingNsPerStep > 0
      ? [
          [
            'Saves up to',
            `${formatPercent(savingPercent)} of the mean step, ${formatDuration(savingNsPerStep)} a step`,
          ] as [string, string],
        ]
      : []),
    ...(places.length === 0 ? [] : [['Where', places.join(', ')] as [string, string]]),
    [
      'Ranks',
      isEveryRank ? `all ${run.ranks.length}` : (ranks.length > 0 ? ranks : run.ranks).join(', '),
    ],
    ['Threshold', thresholdText(threshold)],
    ['Severity', `${finding.severity}, ${finding.confidence} confidence`],
    ['Check', code(finding.id)],
  ];
  return table(['', ''], rows);
}

function thresholdText({ name, measured, value }: Finding['threshold']): string {
  return `${withUnit(name, measured)} measured, reported from ${withUnit(name, value)} (${code(name)})`;
}

function withUnit(name: string, value: number): string {
  const text = String(Number(value.toFixed(2)));
  const byUnit = {
    percent: formatPercent(value),
    ratio: `${text}×`,
    'per-step': `${text} a step`,
    'median-steps': `${text} median steps`,
    number: text,
  };
  return byUnit[thresholdUnit(name)];
}

function adviceList(advice: Finding['advice']): string {
  return advice
    .map(({ text, link }) => {
      const more = link === undefined ? '' : ` [Read more](<${link.replace(/[<>\s]/g, '')}>)`;
      return `- ${escapeText(text)}${more}`;
    })
    .join('\n');
}

function evidenceTable({ evidence }: Finding): string {
  if (evidence.length === 0) {
    return '';
  }
  const rows = evidence
    .slice(0, MAX_ROWS)
    .map(({ rank, step, lane, name, startNs, durationNs }) => [
      String(rank),
      stepText(step),
      code(lane),
      code(name),
      formatDuration(startNs),
      formatDuration(durationNs),
    ]);
  const more = evidence.length - rows.length;
  const text = table(['Rank', 'Step', 'Lane', 'What', 'Starts at', 'Lasts'], rows);
  return more > 0 ? `${text}\n\nand ${more} more.` : text;
}

function saving({ savingHow, savingFrom }: Finding): string {
  if (savingFrom === undefined || savingFrom.longest.length === 0) {
    return escapeText(savingHow);
  }
  const { count, totalNs, longest } = savingFrom;
  const [first] = longest;
  const where =
    first.step === null ? `rank ${first.rank}` : `rank ${first.rank}, step ${first.step}`;
  return `${escapeText(savingHow)} From ${count} ${count === 1 ? 'interval' : 'intervals'}, ${formatDuration(totalNs)} in all; the longest lasts ${formatDuration(first.durationNs)} (${where}).`;
}

function numbers({ run, stepTime, baseline }: Report): string {
  const { steps, ranks } = run;
  const rows: [string, string][] = [
    ['Ranks', String(ranks.length)],
    ['Steps', `${steps.analyzed} analyzed, ${steps.warmup} warm-up`],
    ...(stepTime === null
      ? []
      : [
          [
            'Step time',
            `${formatDuration(stepTime.p50Ns)} p50, ${formatDuration(stepTime.p95Ns)} p95, ${formatDuration(stepTime.p99Ns)} p99, ${formatDuration(stepTime.meanNs)} mean`,
          ] as [string, string],
        ]),
    ...(baseline === undefined || baseline === null
      ? []
      : [['Baseline', escapeText(baseline.text)] as [string, string]]),
  ];
  return table(['', ''], rows);
}

/** Where the time of each device goes; empty without devices. */
function rankTable({ ranks }: Report): string {
  const rows = ranks.flatMap(({ rank, stepTime, breakdown }) =>
    breakdown === null
      ? []
      : [
          [
            String(rank),
            stepTime === null ? '' : formatDuration(stepTime.p50Ns),
            formatPercent(breakdown.computePercent),
            formatPercent(breakdown.exposedCommunicationPercent),
            formatPercent(breakdown.exposedCopyPercent),
            formatPercent(breakdown.idlePercent),
          ],
        ],
  );
  const names = ['Rank', 'Step, p50', 'Compute', 'Communication', 'Copy', 'Idle'];
  return rows.length === 0 ? '' : table(names, rows);
}

function stepText(step: number | null): string {
  return step === null ? '' : String(step);
}

function footer({ tool, run }: Report): string {
  const formats = run.formats.map(code).join(', ');
  return `---\n\nFound by ${tool.name === 'training-sleuth' ? 'Training Sleuth' : escapeText(tool.name)} ${escapeText(tool.version)} in ${run.files.length} ${run.files.length === 1 ? 'file' : 'files'} (${formats}).`;
}
