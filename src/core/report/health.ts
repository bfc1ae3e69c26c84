import type { Alignment } from '../derived/align-clocks.ts';
import type { RunDerived } from '../derived/run-derived.ts';
import type { Health, HealthLevel } from '../model/report.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { EventCounts, Trace } from '../model/trace.ts';
import { differenceOf, type Intervals, uniteIntervals } from '../derived/intervals.ts';
import { timePerStep } from '../derived/step-windows.ts';
import type { DerivedRank } from '../derived/run-derived.ts';
import { cutNotes, isRecorded, leftOutNotes, logNotes, recorderNotes } from './file-notes.ts';
import { metricNotes } from './metric-notes.ts';
import { type Graded, note, plural } from './graded-note.ts';

/** Fewer steps than this say little of a run's habits (DESIGN, "honest measurement"). */
const FEW_STEPS = 50;
const OVERHEAD = categoryIndex('overhead');
/** Shares of the step that the profiler itself takes, in percent: nsys-ai. */
const NOTABLE_OVERHEAD_PERCENT = 5;
const POOR_OVERHEAD_PERCENT = 15;
/** A share of dropped events from which a trace is poor, in percent. */
const POOR_DROPPED_PERCENT = 5;
const MAX_PROBLEMS = 100;

/** What is wrong with the trace itself, and how far to trust what follows. */
export function assessHealth(run: RunDerived, baselineProblem: string | null): Health {
  const traces = [...run.leftOut, ...run.ranks];
  const events = sumCounts(traces.map(({ trace }) => trace.counts));
  const missingRanks = findMissingRanks(run.ranks);
  const notes = [
    ...leftOutNotes(run.leftOut),
    ...cutNotes(run.ranks),
    ...logNotes(run.ranks),
    ...metricNotes(run.ranks, run.metrics),
    ...recorderNotes(run.ranks),
    ...eventNotes(events),
    ...stepNotes(run),
    ...rankNotes(run, missingRanks),
    ...clockNotes(run),
    ...overheadNotes(run),
    ...baselineNotes(baselineProblem),
  ];
  return {
    level: worst(notes.map(({ level }) => level)),
    notes: notes.map(({ id, text, count }) => ({ id, text, count })),
    events,
    missingRanks,
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

function overheadNotes({ ranks, analyzed }: RunDerived): Graded[] {
  let covered = 0;
  let total = 0;
  ranks.forEach((rank, row) => {
    const { rows, durations } = analyzed[row];
    const { steps, busy } = rank.tables;
    const felt = differenceOf(overheadOf(rank.trace), busy);
    covered += timePerStep(felt, steps, rows).reduce((sum, time) => sum + time, 0);
    total += durations.reduce((sum, duration) => sum + duration, 0);
  });
  const percent = total === 0 ? 0 : (100 * covered) / total;
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

/** When the profiler says that it was busy with itself. */
function overheadOf({ spans }: Trace): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (spans.category[i] === OVERHEAD) {
      starts.push(spans.start[i]);
      ends.push(spans.start[i] + spans.duration[i]);
    }
  }
  return uniteIntervals(starts, ends);
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
