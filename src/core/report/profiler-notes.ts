import { timePerStep } from '../derived/step-windows.ts';
import { differenceOf, type Intervals, uniteIntervals } from '../derived/intervals.ts';
import type { DerivedRank, RunDerived } from '../derived/run-derived.ts';
import type { Health } from '../model/report.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import { type Graded, note } from './graded-note.ts';

const OVERHEAD = categoryIndex('overhead');
/** Shares of the step that the profiler itself takes, in percent: nsys-ai. */
const NOTABLE_OVERHEAD_PERCENT = 5;
const POOR_OVERHEAD_PERCENT = 15;

/** Words of profilers that lost part of what they should have recorded. */
const LOSS =
  /drop(?:p|s|\b)|overflow|exceed|discard|\blost\b|\bloss\b|insufficient|not enough|out of memory|ran out|truncat|not all .{0,40}(?:collected|recorded)|might (?:be missing|have not)|missing events|buffer.{0,20}full/i;

const MAX_TOLD = 3;

/** What the profiler did for itself: its share of the analysed steps where the device waits, and its spans by name. */
export function measureOverhead({ ranks, analyzed }: RunDerived): Health['overhead'] {
  let covered = 0;
  let total = 0;
  const kinds = new Map<string, { name: string; count: number; totalNs: number }>();
  ranks.forEach((rank, row) => {
    const { rows, durations } = analyzed[row];
    const { steps, busy } = rank.tables;
    const felt = differenceOf(overheadOf(rank.trace, kinds), busy);
    covered += timePerStep(felt, steps, rows).reduce((sum, time) => sum + time, 0);
    total += durations.reduce((sum, duration) => sum + duration, 0);
  });
  return {
    percent: total === 0 ? 0 : (100 * covered) / total,
    kinds: [...kinds.values()].sort((a, b) => b.totalNs - a.totalNs),
  };
}

/** When the profiler says that it was busy with itself. */
function overheadOf(
  { spans, strings }: Trace,
  kinds: Map<string, { name: string; count: number; totalNs: number }>,
): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (spans.category[i] === OVERHEAD) {
      starts.push(spans.start[i]);
      ends.push(spans.start[i] + spans.duration[i]);
      const name = strings[spans.name[i]];
      const kind = kinds.get(name) ?? { name, count: 0, totalNs: 0 };
      kind.count++;
      kind.totalNs += spans.duration[i];
      kinds.set(name, kind);
    }
  }
  return uniteIntervals(starts, ends);
}

export function overheadNotes({ percent }: Health['overhead']): Graded[] {
  return percent < NOTABLE_OVERHEAD_PERCENT
    ? []
    : [
        note(
          'profiler-overhead',
          Math.round(percent),
          percent < POOR_OVERHEAD_PERCENT ? 'notable' : 'poor',
          `The profiler itself takes ${percent.toFixed(0)} % of the recorded steps, so real steps are shorter.`,
        ),
      ];
}

/** The warnings and errors of all files, those of a file that several ranks share once. */
export function listMessages(ranks: readonly DerivedRank[]): Health['messages'] {
  const files = new Map(ranks.map(({ file, trace }) => [file, trace.meta.messages ?? []]));
  return [...files].flatMap(([file, messages]) =>
    messages.map((message) => ({ file, ...message })),
  );
}

/** What the profiler lost comes first: the numbers are too small by it, and nobody knows how much. */
export function messageNotes(messages: Health['messages']): Graded[] {
  const lost = messages.filter(({ text }) => LOSS.test(text));
  const others = messages.filter((message) => !lost.includes(message));
  return [
    note(
      'events-lost',
      countOf(lost),
      'poor',
      `The profiler lost part of its recording, by its own words: ${quote(lost)}. Record fewer steps, or with larger buffers.`,
    ),
    note(
      'profiler-messages',
      countOf(others),
      'notable',
      `The profiler wrote into the trace: ${quote(others)}.`,
    ),
  ].filter(({ count }) => count > 0);
}

function countOf(messages: Health['messages']): number {
  return messages.reduce((sum, { count }) => sum + count, 0);
}

function quote(messages: Health['messages']): string {
  const told = messages
    .slice(0, MAX_TOLD)
    .map(
      ({ text, count }) => `“${text.replace(/\.$/, '')}”${count > 1 ? ` (${count} times)` : ''}`,
    );
  const more = messages.length - told.length;
  return told.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
