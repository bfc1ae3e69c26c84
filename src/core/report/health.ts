import type { Alignment } from '../derived/align-clocks.ts';
import type { RunDerived } from '../derived/run-derived.ts';
import type { Health, HealthLevel } from '../model/report.ts';
import type { EventCounts } from '../model/trace.ts';
import { findMissingSteps } from '../derived/missing-steps.ts';
import { countOverlaps } from '../derived/overlaps.ts';
import { countStepsWithoutSpans } from '../derived/steps.ts';
import type { DerivedRank } from '../derived/run-derived.ts';
import {
  archiveNotes,
  cutNotes,
  isRecorded,
  leftOutNotes,
  limitNotes,
  logNotes,
  communicationNotes,
  recorderNotes,
} from './file-notes.ts';
import { hiddenCounterNotes, metricNotes } from './metric-notes.ts';
import { type Graded, note, plural } from './graded-note.ts';
import { listMessages, measureOverhead, messageNotes, overheadNotes } from './profiler-notes.ts';

/** Fewer steps than this say little of a run's habits (DESIGN, "honest measurement"). */
const FEW_STEPS = 50;
/** A share of dropped events from which a trace is poor, in percent. */
const POOR_DROPPED_PERCENT = 5;
const MAX_PROBLEMS = 100;
const MAX_RUNS_TOLD = 10;

/** What is wrong with the trace itself, and how far to trust what follows. */
export function assessHealth(run: RunDerived, baselineProblem: string | null): Health {
  const traces = [...run.leftOut, ...run.ranks];
  const events = sumCounts(traces.map(({ trace }) => trace.counts));
  const missingRanks = findMissingRanks(run.ranks);
  const missingSteps = listMissingSteps(run.ranks);
  // Of very many ranks, spans are read again from a file: once for both.
  const spanCounts = run.ranks.map(({ trace }) => ({
    overlaps: countOverlaps(trace),
    unsampled: countStepsWithoutSpans(trace),
  }));
  const overlaps = spanCounts.reduce((sum, counts) => sum + counts.overlaps, 0);
  const overhead = measureOverhead(run);
  const messages = listMessages(run.ranks);
  const notes = [
    ...leftOutNotes(run.leftOut),
    ...limitNotes(run.ranks),
    ...cutNotes(run.ranks),
    ...archiveNotes(run.ranks),
    ...messageNotes(messages),
    ...logNotes(run.ranks),
    ...metricNotes(run.ranks, run.metrics),
    ...hiddenCounterNotes(run.ranks),
    ...recorderNotes(run.ranks),
    ...communicationNotes(run.ranks),
    ...eventNotes(events),
    ...stepNotes(run),
    ...samplingNotes(
      run.ranks,
      spanCounts.map(({ unsampled }) => unsampled),
    ),
    ...missingStepNotes(missingSteps),
    ...rankNotes(run, missingRanks),
    ...clockNotes(run),
    ...overheadNotes(overhead),
    ...overlapNotes(overlaps),
    ...baselineNotes(baselineProblem),
  ];
  return {
    level: worst(notes.map(({ level }) => level)),
    notes: notes.map(({ id, text, count }) => ({ id, text, count })),
    events,
    missingRanks,
    missingSteps,
    overlaps,
    overhead,
    messages,
    absent: [],
    clock: clockOf(run.alignment),
    problems: traces
      .flatMap(({ file, trace }) => trace.problems.map((problem) => ({ file, ...problem })))
      .slice(0, MAX_PROBLEMS),
  };
}

function sumCounts(counts: readonly EventCounts[]): EventCounts {
  return counts.reduce(
    (sum, one) => ({
      read: sum.read + one.read,
      kept: sum.kept + one.kept,
      repaired: sum.repaired + one.repaired,
      dropped: sum.dropped + one.dropped,
      clipped: sum.clipped + one.clipped,
    }),
    { read: 0, kept: 0, repaired: 0, dropped: 0, clipped: 0 },
  );
}

function eventNotes({ read, dropped, repaired, clipped }: EventCounts): Graded[] {
  const isPoor = dropped > (POOR_DROPPED_PERCENT / 100) * read;
  return [
    note(
      'dropped-events',
      dropped,
      isPoor ? 'poor' : 'notable',
      `${plural(dropped, 'event')} of ${read} could not be used and ${wasOrWere(dropped)} left out.`,
    ),
    note(
      'repaired-events',
      repaired,
      'notable',
      `${plural(repaired, 'event')} had a fault that could be repaired.`,
    ),
    note(
      'clipped-events',
      clipped,
      'notable',
      `${plural(clipped, 'event')} reached outside of the recording and ${wasOrWere(clipped)} cut.`,
    ),
  ].filter(({ count }) => count > 0);
}

function baselineNotes(problem: string | null): Graded[] {
  return problem === null ? [] : [note('no-baseline', 1, 'ok', problem)];
}

function wasOrWere(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** What a recorder that times every n-th step does not see. */
function samplingNotes(ranks: readonly DerivedRank[], unsampled: readonly number[]): Graded[] {
  const most = Math.max(...unsampled);
  const seen = ranks[unsampled.indexOf(most)]?.tables.steps.length ?? 0;
  return most <= 0
    ? []
    : [
        note(
          'sampled-steps',
          most,
          'ok',
          `Spans were recorded in ${seen} of ${seen + most} steps, and these alone are analyzed: what happens only in others, such as a rare checkpoint, is not seen.`,
        ),
      ];
}

function stepNotes({ ranks, analyzed }: RunDerived): Graded[] {
  if (ranks.every(isRecorded)) {
    return [];
  }
  const counts = analyzed.map(({ rows }) => rows.length);
  const count = Math.min(...counts);
  const where = Math.max(...counts) > count ? ` on rank ${ranks[counts.indexOf(count)].rank}` : '';
  const isWhole = ranks.some(({ tables }) => tables.steps.how === 'whole');
  if (ranks.every(({ trace }) => trace.spans.length === 0 && trace.counters.length > 0)) {
    return [];
  }
  if (isWhole || !Number.isFinite(count) || count === 0) {
    return [
      note('no-steps', 0, 'notable', 'The trace marks no training steps: it is taken as one.'),
    ];
  }
  const byPeriod = ranks.filter(({ tables }) => tables.steps.how === 'period').length;
  const period =
    byPeriod === 0
      ? []
      : [
          note(
            'steps-by-period',
            byPeriod,
            'ok',
            'The trace marks no training steps: they are told from what the loop repeats, and go from one to the next.',
          ),
        ];
  return count < FEW_STEPS
    ? [
        ...period,
        note(
          'few-steps',
          count,
          'notable',
          `${plural(count, 'step')} could be analyzed${where}; ${FEW_STEPS} or more say how steps vary.`,
        ),
      ]
    : period;
}

/** Of all ranks, each number once. */
function listMissingSteps(ranks: readonly DerivedRank[]): readonly number[] {
  const numbers = new Set(ranks.flatMap(({ tables }) => findMissingSteps(tables.steps)));
  return [...numbers].sort((a, b) => a - b);
}

function missingStepNotes(numbers: readonly number[]): Graded[] {
  const told = listRuns(numbers).slice(0, MAX_RUNS_TOLD);
  const more = listRuns(numbers).length > told.length ? ' and others' : '';
  return [
    note(
      'missing-steps',
      numbers.length,
      'notable',
      `${plural(numbers.length, 'step')} between the first and the last ${numbers.length === 1 ? 'is' : 'are'} not in the trace: ${told.join(', ')}${more}.`,
    ),
  ].filter(({ count }) => count > 0);
}

/** `3`, `7–9`. */
function listRuns(numbers: readonly number[]): string[] {
  const runs: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === number - 1) {
      run.last = number;
    } else {
      runs.push({ first: number, last: number });
    }
  }
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`));
}

function overlapNotes(count: number): Graded[] {
  return [
    note(
      'overlaps',
      count,
      'ok',
      `${plural(count, 'event')} ${count === 1 ? 'begins' : 'begin'} within another of the same thread or stream and ${count === 1 ? 'ends' : 'end'} after it; all are kept, and drawn in rows below each other.`,
    ),
  ].filter(({ count: some }) => some > 0);
}

function rankNotes({ ranks, leftOut }: RunDerived, missingRanks: readonly number[]): Graded[] {
  const others = ranks.reduce((sum, { tables }) => sum + tables.work.spansOnOtherDevices, 0);
  const missing = missingRanks.filter((rank) => leftOut.every((file) => file.rank !== rank));
  const missingNote = note(
    'missing-ranks',
    missing.length,
    'notable',
    `${plural(missing.length, 'rank')} of the run ${missing.length === 1 ? 'has' : 'have'} no file here, so waiting between ranks is only partly seen.`,
  );
  const otherNote = note(
    'other-devices',
    others,
    'notable',
    `${plural(others, 'event')} of other devices in the same file ${others === 1 ? 'is' : 'are'} not part of the numbers.`,
  );
  return [missingNote, otherNote, silentDeviceNote(ranks)].filter(({ count }) => count > 0);
}

/** Ranks whose trace names a device and has no work of it. */
function silentDeviceNote(ranks: readonly DerivedRank[]): Graded {
  const silent = ranks.filter(
    ({ trace, tables }) => trace.meta.devices.length > 0 && tables.busy.length === 0,
  );
  const name = silent.at(0)?.trace.meta.devices[0].name;
  const where = ranks.length === 1 ? '' : ` on ${plural(silent.length, 'rank')}`;
  return note(
    'no-device-events',
    silent.length,
    'notable',
    `The trace names a device (${name}) and has no work of it${where}: the numbers are of the host alone.`,
  );
}

function clockOf({ method, uncertaintyNs, drift }: Alignment): Health['clock'] {
  const told =
    drift === null || drift.ppm === 0
      ? ''
      : `; they drift by up to ${Math.abs(drift.ppm).toPrecision(3)} ± ${drift.uncertaintyPpm.toPrecision(1)} ppm`;
  return { method: method + told, uncertaintyNs };
}

function clockNotes({ ranks, alignment }: RunDerived): Graded[] {
  return ranks.length > 1 && !alignment.isComparable
    ? [
        note(
          'clocks-not-aligned',
          ranks.length,
          'poor',
          `The clocks of the ranks could not be aligned, as ${alignment.refusal}: times of different ranks are not compared.`,
        ),
      ]
    : [];
}

function findMissingRanks(ranks: readonly DerivedRank[]): number[] {
  const worldSize = worldSizeOf(ranks);
  const present = new Set(ranks.map(({ rank }) => rank));
  return worldSize === null || worldSize > 1_000_000
    ? []
    : Array.from({ length: worldSize }, (_, rank) => rank).filter((rank) => !present.has(rank));
}

export function worldSizeOf(ranks: readonly DerivedRank[]): number | null {
  return ranks.reduce<number | null>(
    (most, { trace }) =>
      trace.meta.worldSize === null ? most : Math.max(most ?? 0, trace.meta.worldSize),
    null,
  );
}

function worst(levels: readonly HealthLevel[]): HealthLevel {
  return levels.includes('poor') ? 'poor' : levels.includes('notable') ? 'notable' : 'ok';
}
