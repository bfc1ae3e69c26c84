import { computeBreakdown } from '../../src/core/derived/breakdown.ts';
import type { RankReport, StepTime } from '../../src/core/model/report.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type RankStory, tellRun } from '../support/story-runs.ts';

export interface ManyRanks {
  readonly ranks: number;
  readonly steps: number;
  /** Slower than the others by this share in every step. */
  readonly stragglers: ReadonlyMap<number, number>;
  /** Whether ranks wait for each other at the end of each step. */
  readonly isSynchronous: boolean;
}

const STEP_NS = 100e6;
const DATA_SHARE = 0.2;

/** A run of many ranks whose step times are known: all else of the report is that of `like`. */
export function manyRanks(like: Analysis, options: ManyRanks): Analysis {
  const random = seededRandom(options.ranks);
  const noise = (spread: number) => 1 + spread * (random() - 0.5);
  const own = Array.from({ length: options.ranks }, (_, rank) =>
    Array.from({ length: options.steps }, (__, step) => {
      const slow = 1 + (options.stragglers.get(rank) ?? 0);
      const hiccup = random() < 0.002 ? 1.6 : 1;
      const every = step % 10 === 9 ? 1.35 : 1;
      return STEP_NS * slow * hiccup * every * noise(0.04) * (step === 0 ? 3 : 1);
    }),
  );
  const longest = Array.from({ length: options.steps }, (_, step) =>
    own.reduce((most, times) => Math.max(most, times[step]), 0),
  );
  const run = tellRun(own.map((times) => storyOf(times, options.isSynchronous ? longest : times)));
  const all = run.ranks.flatMap(({ steps }) => timesOf(steps.start, steps.end));
  const ranks = run.ranks.map((tables): RankReport => ({
    rank: tables.rank,
    device: { name: 'Made GPU', count: 1 },
    stepTime: stepTimeOf(timesOf(tables.steps.start, tables.steps.end)),
    breakdown: computeBreakdown(tables.busy, tables.gaps, tables.steps),
    deviceWindow: null,
    phases: [],
  }));
  const { report } = like;
  const numbers = ranks.map(({ rank }) => rank);
  return {
    ...run,
    report: {
      ...report,
      ranks,
      stepTime: stepTimeOf(all),
      run: {
        ...report.run,
        ranks: numbers,
        worldSize: options.ranks,
        steps: {
          ...report.run.steps,
          total: options.steps,
          analyzed: options.steps - 1,
          warmup: 1,
        },
      },
    },
  };
}

/** The device waits for data, computes, and waits for the others; the first step is the warm-up. */
function storyOf(own: readonly number[], lengths: readonly number[]): RankStory {
  let at = 0;
  const parts = lengths.map((length, step) => {
    const start = at;
    at += length;
    const dataEnd = start + DATA_SHARE * own[step];
    return { step, start, dataEnd, workEnd: Math.min(at, start + own[step]), end: at };
  });
  const waits = parts.filter(({ workEnd, end }) => end > workEnd);
  return {
    lanes: [
      {
        name: 'main',
        kind: 'thread',
        spans: parts.map(({ start, end, step }) => ({
          name: `ProfilerStep#${step}`,
          start,
          duration: end - start,
        })),
      },
      { name: 'stream 7', kind: 'stream', spans: [] },
    ],
    steps: parts.map(({ start, end, step }) => ({ start, end, isWarmup: step === 0 })),
    gaps: parts.map(({ start, dataEnd, step }) => ({ start, end: dataEnd, step, cause: 'data' })),
    busy: parts.flatMap(({ dataEnd, workEnd, end }) => [
      { start: dataEnd, end: workEnd, kind: 'compute' as const },
      ...(end > workEnd ? [{ start: workEnd, end, kind: 'communication' as const }] : []),
    ]),
    hostPhases: parts.map(({ start, dataEnd }) => ({ start, end: dataEnd, phase: 'data' })),
    devicePhases: [
      ...parts.map(({ dataEnd, workEnd }) => ({
        start: dataEnd,
        end: workEnd,
        phase: 'forward' as const,
      })),
      ...waits.map(({ workEnd, end }) => ({
        start: workEnd,
        end,
        phase: 'communication' as const,
      })),
    ].sort((a, b) => a.start - b.start),
  };
}

function timesOf(start: Float64Array, end: Float64Array): number[] {
  return Array.from(start.subarray(1), (from, i) => end[i + 1] - from);
}

function stepTimeOf(times: readonly number[]): StepTime {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return {
    p50Ns: at(0.5),
    p95Ns: at(0.95),
    p99Ns: at(0.99),
    meanNs: sorted.reduce((sum, time) => sum + time, 0) / sorted.length,
    count: sorted.length,
  };
}
