import { formatDuration } from '../../base/format-duration.ts';
import type { Report } from '../../core/model/report.ts';
import { formatPercent } from './format-percent.ts';
import type { Paper } from './paper.ts';

/** A smaller slowdown is not worth a name. */
const MIN_SLOWDOWN = 1.005;
const MAX_NAMED = 3;

/** How much stragglers slow the steps down, and which, in a sentence each. */
export function printWhatIf({ whatIf }: Report, paper: Paper): void {
  if (whatIf === null) {
    return;
  }
  paper.heading('What if all operations took what is typical of their kind');
  paper.paragraph(
    `A step would take ${formatDuration(whatIf.idealNs)} instead of ${formatDuration(whatIf.replayedNs)}: stragglers make it ${times(whatIf.slowdown)} as long.`,
    null,
    '  ',
  );
  const blamed = [
    nameWorst('stage', whatIf.byStage),
    nameWorst('rank', whatIf.byRank),
    nameWorst('', whatIf.byKind),
  ].filter((part) => part !== '');
  if (blamed.length > 0) {
    paper.paragraph(`Alone: ${blamed.join('; ')}.`, null, '  ');
  }
  if (whatIf.ms !== null && whatIf.mw !== null) {
    paper.paragraph(
      `Of it, a typical last stage would take away ${formatPercent(100 * whatIf.ms)} (M_S), the worst 3 % of ranks ${formatPercent(100 * whatIf.mw)} (M_W).`,
      null,
      '  ',
    );
  }
}

/** The worst first, as `stage 3 1.23×`. */
function nameWorst(noun: string, slowdowns: Readonly<Record<string, number>>): string {
  return Object.entries(slowdowns)
    .filter(([, slowdown]) => slowdown >= MIN_SLOWDOWN)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_NAMED)
    .map(([name, slowdown]) => `${noun} ${name} ${times(slowdown)}`.trim())
    .join(', ');
}

function times(slowdown: number): string {
  return `${slowdown.toFixed(2)}×`;
}
