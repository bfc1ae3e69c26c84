import { observeThreads, type ThreadActivity } from '../derived/busy-thread.ts';
import { type Intervals, IntervalsBuilder, lengthOf, NO_INTERVALS } from '../derived/intervals.ts';
import { median, typicalTime } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { SpanIndex } from '../model/units.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'gaps',
  'phases',
  'nesting',
  'mainLane',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankThread {
  readonly rank: NeededRank<Name>;
  readonly thread: ThreadActivity;
  readonly waitingCount: number;
  /** The material gaps of the analyzed steps. */
  readonly gaps: Intervals;
  readonly medianNs: number;
  readonly sharePercent: number;
}

/** Shorter gaps are pauses between kernels. */
const MIN_GAP_NS = 50_000;

export const oneBusyThread = defineDetector({
  id: 'one-busy-thread',
  title: 'One thread works while the others wait',
  needs: NEEDS,
  options: {
    busyPercent: {
      default: 95,
      description: 'Share of the idle time of the GPU, in percent, that the one thread must work.',
      minimum: 50,
      maximum: 100,
    },
    waitingThreads: {
      default: 2,
      description: 'How many other threads that work at other times must wait meanwhile.',
      minimum: 1,
      maximum: 1_000,
    },
    minimumPercent: {
      default: 10,
      description: 'Share of the step, in percent, that the GPU must idle meanwhile.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 15,
      description: 'Share of the step, in percent, from which it is a warning (as gpu-idle).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = tables.ranks
      .map((rank) => threadOf(rank, tables))
      .filter((one) => one !== null)
      .filter(
        ({ thread, waitingCount }) =>
          100 * thread.share >= options.busyPercent && waitingCount >= options.waitingThreads,
      );
    if (found.length === 0 || found.length < tables.ranks.length / 2 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(found.map(({ sharePercent }) => sharePercent));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.minimumPercent,
      warning: options.warningPercent,
      error: Infinity,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null) {
      return;
    }
    const worst = found.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const { rank } = worst;
    const longest = longestSpans(worst);
    const source = evidenceSourceOf(rank, tables);
    yield {
      title: 'One thread works while the others wait',
      pattern: 'hidden-serialization',
      layer: 'compute',
      severity,
      confidence: confidenceOf(stepCount) === 'low' ? 'low' : 'medium',
      ranks: found.map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(median(found.map(({ medianNs }) => medianNs))),
      savingHow:
        'The idle time of the GPU in which only that thread works, in gaps of 50 µs or more; the median over steps, then over ranks.',
      threshold: passedThreshold(percent, thresholds),
      evidence: longest.map((span) => spanEvidence(source, span)),
      ...placeOf(rank.tables.sourceOf(longest[0])),
      why: explain(worst, percent),
      advice: ADVICE,
      claims: tables.ranks.map(
        ({ row }) => found.find((one) => one.rank.row === row)?.gaps ?? NO_INTERVALS,
      ),
    };
  },
});

const ADVICE = [
  {
    text: 'If that thread runs Python, it may hold the interpreter lock (GIL): move its work to a process (DataLoader workers, multiprocessing), or to code that releases the lock.',
    link: 'https://docs.python.org/3/glossary.html#term-global-interpreter-lock',
  },
  {
    text: 'If the others wait for what it makes, let it work ahead: a queue of more than one item, or several such threads.',
  },
];

/** Null where the GPU never idles, or where the busiest thread is the loop's own: others speak of that. */
function threadOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankThread | null {
  const { gaps, steps, phases, mainLane } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const builder = new IntervalsBuilder();
  for (let gap = 0; gap < gaps.length; gap++) {
    if (steps.isWarmup[gaps.step[gap]] === 0 && gaps.end[gap] - gaps.start[gap] >= MIN_GAP_NS) {
      builder.add(gaps.start[gap], gaps.end[gap]);
    }
  }
  const stretches = builder.finish();
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  if (rows.length === 0 || lengthOf(stretches) === 0) {
    return null;
  }
  const { busiest, waiting } = observeThreads(rank.trace, stretches, total);
  if (
    busiest === null ||
    busiest.lane === mainLane ||
    phases.backwardLanes.includes(busiest.lane)
  ) {
    return null;
  }
  const perStep = timePerStep(stretches, steps, rows);
  return {
    rank,
    thread: busiest,
    waitingCount: waiting.length,
    gaps: stretches,
    ...typicalTime(perStep, durations),
  };
}

/** Of the thread that works, outermost first. */
function longestSpans({ rank, thread }: RankThread): SpanIndex[] {
  const { spans, lanes } = rank.trace;
  const { first, count } = lanes[thread.lane];
  return Array.from({ length: count }, (_, i) => first + i)
    .filter((span) => rank.tables.nesting.parent[span] < 0)
    .sort((a, b) => spans.duration[b] - spans.duration[a])
    .slice(0, MAX_EVIDENCE);
}

function explain({ rank, thread, waitingCount, medianNs }: RankThread, percent: number): string {
  return `While the GPU idles, for ${formatTime(medianNs)} or ${formatPercent(percent)} of a typical step, ${rank.trace.lanes[thread.lane].name} works ${formatPercent(100 * thread.share)} of the time, and ${waitingCount} other threads that work at other times wait.`;
}
