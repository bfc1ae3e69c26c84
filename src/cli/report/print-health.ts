import { basename } from 'node:path';
import { formatDuration } from '../../base/format-duration.ts';
import { isInNotes, isOfWholeFile } from '../../core/model/problem-kind.ts';
import type { Health, HealthLevel, ReplayCheck, Report } from '../../core/model/report.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Look } from '../terminal/style.ts';
import { formatWhole } from './format-count.ts';
import { formatRanks } from './format-ranks.ts';
import type { Paper } from './paper.ts';

const MAX_PROBLEMS_SHOWN = 3;

const HEALTH_LOOKS: Readonly<Record<HealthLevel, Look>> = {
  ok: 'green',
  notable: 'yellow',
  poor: 'red',
};

/** What is wrong with the trace itself, before anything is said of the run. */
export function printHealth({ health, replay, run }: Report, paper: Paper): void {
  const { read, kept, repaired, dropped, clipped } = health.events;
  const look = HEALTH_LOOKS[health.level];
  paper.heading(`Trace health: ${paper.style(look, health.level)}`);
  const losses = [
    [repaired, 'repaired'],
    [dropped, 'dropped'],
    [clipped, 'clipped'],
  ] as const;
  const changes = losses.filter(([n]) => n > 0).map(([n, what]) => `${formatWhole(n)} ${what}`);
  paper.paragraph(
    [`${formatWhole(kept)} of ${formatWhole(read)} events kept`, ...changes].join(', '),
    'dim',
    '  ',
  );
  if (health.missingRanks.length > 0) {
    paper.paragraph(`Missing ranks: ${formatRanks(health.missingRanks)}`, null, '  ');
  }
  for (const note of health.notes) {
    paper.paragraph(plainText(note.text), null, '  • ', '    ');
  }
  printProblems(health.problems, paper);
  printOverhead(health.overhead, paper);
  if (health.clock.method !== '') {
    paper.paragraph(plainText(clockLine(health.clock)), 'dim', '  ');
  }
  if (replay !== undefined && run.steps.total > 0) {
    paper.paragraph(plainText(replayLine(replay)), 'dim', '  ');
  }
}

const KINDS_SHOWN = 3;

/** What the profiler did for itself; nothing where it tells nothing of it. */
function printOverhead({ percent, kinds }: Health['overhead'], paper: Paper): void {
  if (kinds.length === 0) {
    return;
  }
  const told = kinds
    .slice(0, KINDS_SHOWN)
    .map(
      ({ name, count, totalNs }) => `${name} ${formatWhole(count)} ×, ${formatDuration(totalNs)}`,
    );
  const more = kinds.length > told.length ? '; others' : '';
  paper.paragraph(
    plainText(
      `Profiler: ${percent.toFixed(1)} % of the analyzed steps while the device was idle (${told.join('; ')}${more})`,
    ),
    'dim',
    '  ',
  );
}

/** What was not recorded, and what it would add. */
export function printAbsent({ health: { absent } }: Report, paper: Paper): void {
  if (absent.length > 0) {
    paper.heading('What recording more would add');
    for (const text of absent) {
      paper.paragraph(plainText(text), 'dim', '  • ', '    ');
    }
  }
}

function replayLine({ isUsed, reason, steps, errorPercent }: ReplayCheck): string {
  return isUsed
    ? `Replay: ${steps} ${steps === 1 ? 'step plays' : 'steps play'} back within ${(errorPercent ?? 0).toFixed(1)} % of what was recorded`
    : `Savings are upper bounds, not replayed: ${reason ?? ''}`;
}

function clockLine(clock: Report['health']['clock']): string {
  const uncertainty =
    clock.uncertaintyNs === null ? '' : `, uncertain by ${formatDuration(clock.uncertaintyNs)}`;
  return `Clocks: ${clock.method}${uncertainty}`;
}

/** The first problems, one of each sort in a file; those of files that were left out are in the notes. */
function printProblems(problems: Health['problems'], paper: Paper): void {
  const sorts = new Map<string, Health['problems'][number]>();
  for (const problem of problems.filter(({ kind }) => !isInNotes(kind))) {
    const sort = `${problem.file}\n${problem.reason}`;
    sorts.set(sort, sorts.get(sort) ?? problem);
  }
  const shown = [...sorts.values()].slice(0, MAX_PROBLEMS_SHOWN);
  for (const { file, byteOffset, kind, reason } of shown) {
    const byte = isOfWholeFile(kind) ? '' : `, byte ${formatWhole(byteOffset)}`;
    const place = `${plainText(basename(file))}${byte}`;
    paper.paragraph(`${place}: ${plainText(reason)}`, 'dim', '    ', '      ');
  }
  const hidden = sorts.size - shown.length;
  if (hidden > 0) {
    paper.paragraph(
      `and ${hidden} more ${hidden === 1 ? 'sort' : 'sorts'} of trouble; --format json lists them`,
      'dim',
      '    ',
    );
  }
}
