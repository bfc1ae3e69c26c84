import type { Breakdown, RankReport, Report } from '../../core/model/report.ts';
import { cellsOf } from '../terminal/bar.ts';
import type { Look } from '../terminal/style.ts';
import { formatPercent } from './format-percent.ts';
import type { Paper } from './paper.ts';

/** More ranks than this do not fit a screen; those that findings name come first. */
const MAX_RANKS_SHOWN = 16;
const PHASES_SHOWN = 6;

interface Part {
  readonly name: string;
  readonly cell: string;
  readonly look: Look;
  readonly percent: number;
}

export function printRanks(report: Report, paper: Paper): void {
  const shown = ranksToShow(report);
  const withDevice = shown.filter(({ breakdown }) => breakdown !== null);
  if (withDevice.length > 0) {
    printDevices(withDevice, paper);
  }
  const withPhases = shown.filter(
    ({ breakdown, phases }) => breakdown === null && phases.length > 0,
  );
  if (withPhases.length > 0) {
    printPhases(withPhases, paper);
  }
  const hidden = report.ranks.length - shown.length;
  if (hidden > 0) {
    paper.paragraph(`and ${hidden} more ranks; --rank shows those you name`, 'dim', '  ');
  }
}

function ranksToShow({ ranks, findings }: Report): readonly RankReport[] {
  if (ranks.length <= MAX_RANKS_SHOWN) {
    return ranks;
  }
  const named = new Set(
    findings.filter((f) => f.ranks.length < ranks.length).flatMap((f) => f.ranks),
  );
  const ordered = [...ranks].sort((a, b) => Number(named.has(b.rank)) - Number(named.has(a.rank)));
  return ordered.slice(0, MAX_RANKS_SHOWN).sort((a, b) => a.rank - b.rank);
}

function printDevices(ranks: readonly RankReport[], paper: Paper): void {
  paper.heading('Where the device time of a step goes');
  const width = barWidth(ranks, paper);
  for (const { rank, breakdown } of ranks) {
    if (breakdown !== null) {
      const parts = partsOf(breakdown);
      paper.line(`  ${rankLabel(rank, ranks)}  ${bar(parts, width, paper)}`);
      paper.paragraph(legend(parts), null, indentOf(ranks));
      paper.paragraph(idleCauses(breakdown), 'dim', indentOf(ranks));
    }
  }
}

function partsOf(breakdown: Breakdown): readonly Part[] {
  const { computePercent, exposedCommunicationPercent, exposedCopyPercent, idlePercent } =
    breakdown;
  return [
    { name: 'compute', cell: '█', look: 'green', percent: computePercent },
    {
      name: 'exposed communication',
      cell: '▓',
      look: 'magenta',
      percent: exposedCommunicationPercent,
    },
    { name: 'exposed copy', cell: '▒', look: 'blue', percent: exposedCopyPercent },
    { name: 'idle', cell: '░', look: 'red', percent: idlePercent },
  ];
}

function legend(parts: readonly Part[]): string {
  return parts
    .filter(({ percent }) => percent > 0)
    .map(({ cell, name, percent }) =>
      `${cell} ${name} ${formatPercent(percent)}`.replaceAll(' ', '\u00a0'),
    )
    .join('   ');
}

function idleCauses({ idleCauses: causes }: Breakdown): string {
  const shown = Object.entries(causes)
    .filter(([, percent]) => percent >= 0.05)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, percent]) => `${cause} ${formatPercent(percent)}`);
  return shown.length === 0 ? '' : `idle for: ${shown.join(', ')}`;
}

function printPhases(ranks: readonly RankReport[], paper: Paper): void {
  paper.heading('Where the time of a step goes');
  const width = barWidth(ranks, paper);
  for (const { rank, phases } of ranks) {
    const parts = [...phases]
      .sort((a, b) => b.sharePercent - a.sharePercent)
      .slice(0, PHASES_SHOWN)
      .map(({ phase, sharePercent }, i) => phasePart(phase, sharePercent, i));
    paper.line(`  ${rankLabel(rank, ranks)}  ${bar(parts, width, paper)}`);
    paper.paragraph(legend(parts), null, indentOf(ranks));
  }
}

const PHASE_CELLS = ['█', '▓', '▒', '░', '▚', '·'];
const PHASE_LOOKS: readonly Look[] = ['yellow', 'green', 'blue', 'magenta', 'cyan', 'dim'];

function phasePart(name: string, percent: number, i: number): Part {
  return { name, percent, cell: PHASE_CELLS[i] ?? '·', look: PHASE_LOOKS[i] ?? 'dim' };
}

function bar(parts: readonly Part[], width: number, paper: Paper): string {
  const cells = cellsOf(
    parts.map(({ percent }) => percent),
    width,
  );
  return parts.map(({ cell, look }, i) => paper.style(look, cell.repeat(cells[i] ?? 0))).join('');
}

function rankLabel(rank: number, ranks: readonly RankReport[]): string {
  return `rank ${String(rank).padStart(digits(ranks))}`;
}

function indentOf(ranks: readonly RankReport[]): string {
  return ' '.repeat(2 + 'rank '.length + digits(ranks) + 2);
}

function barWidth(ranks: readonly RankReport[], paper: Paper): number {
  return paper.width - indentOf(ranks).length;
}

function digits(ranks: readonly RankReport[]): number {
  return Math.max(...ranks.map(({ rank }) => String(rank).length));
}
