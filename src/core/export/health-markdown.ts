import { formatDuration } from '../../base/format-duration.ts';
import { isOfWholeFile } from '../model/problem-kind.ts';
import type { Health } from '../model/report.ts';
import { code, escapeText, listMarkdown, table } from './markdown-text.ts';

const MAX_PROBLEMS = 20;

const LEVELS = { ok: 'ok', notable: 'see the notes', poor: 'poor' };

/** How far to trust the numbers: what was read, kept and lost, with the first faults of the files. */
export function healthMarkdown({ level, events, notes, overhead, problems }: Health): string {
  const changes = (['repaired', 'dropped', 'clipped'] as const)
    .filter((change) => events[change] > 0)
    .map((change) => `, ${events[change]} ${change}`);
  const blocks = [
    `## Health of the trace: ${LEVELS[level]}`,
    `${events.kept} of ${events.read} events kept${changes.join('')}.`,
    listMarkdown(notes.map(({ text }) => text)),
    overheadTable(overhead),
    problemTable(problems),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function overheadTable({ percent, kinds }: Health['overhead']): string {
  if (kinds.length === 0) {
    return '';
  }
  const rows = kinds.map(({ name, count, totalNs }) => [
    code(name),
    String(count),
    formatDuration(totalNs),
  ]);
  const text = `The profiler's own work takes ${percent.toFixed(1)} % of the analyzed steps while the device is idle.`;
  return [text, table(['What the profiler did', 'Times', 'In all'], rows)].join('\n\n');
}

function problemTable(problems: Health['problems']): string {
  if (problems.length === 0) {
    return '';
  }
  const rows = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ file, byteOffset, kind, reason, excerpt }) => [
      code(file.split(/[\\/]/).at(-1) ?? file),
      isOfWholeFile(kind) ? '' : String(byteOffset),
      kind,
      escapeText(reason),
      code(excerpt),
    ]);
  const more = problems.length - rows.length;
  const text = table(['File', 'Byte', 'What', 'Why', 'Text'], rows);
  return more > 0 ? `${text}\n\nand ${more} more.` : text;
}
