import { categoryIndex } from '../model/span-category.ts';
import type { Nesting, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, Nanoseconds, SpanIndex } from '../model/units.ts';
import { isUserFile, parseFrame } from '../model/python-frame.ts';
import { Coverage } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { workerLanes } from './loader-workers.ts';
import type { LoaderWaits } from './loader-waits.ts';
import { isLibraryAnnotation } from './sources.ts';
import { stepAt } from './step-windows.ts';

const PYTHON = categoryIndex('python');
const NAMED = new Set([categoryIndex('recorded'), categoryIndex('annotation')]);

/** What lies less inside the waits is what waits: the training loop around them. */
const MIN_INSIDE = 0.9;

/** A function or span of the user that prepares batches. */
export interface LoadingStage {
  readonly name: string;
  /** Without the stages inside it, over the analysed steps. */
  readonly selfNs: Nanoseconds;
  /** Of all time that stages take or the loop waits for them, 0 to 1. */
  readonly share: number;
  /** The longest first. */
  readonly spans: readonly SpanIndex[];
}

/** Of workers where they are recorded, else of the training process while it waits; the largest first. */
export function computeLoadingStages(
  trace: Trace,
  nesting: Nesting,
  mainLane: LaneIndex,
  waits: LoaderWaits,
  steps: Steps,
): readonly LoadingStage[] {
  const ofWorkers = workerLanes(trace).flatMap((lane) => spansOfUser(trace, lane));
  if (ofWorkers.length > 0) {
    return rankStages(trace, nesting, ofWorkers, 0);
  }
  const coverage = new Coverage(waits.waits);
  const own = new Set(waits.spans);
  const inside = spansOfUser(trace, mainLane).filter((i) => {
    const start = trace.spans.start[i];
    const duration = trace.spans.duration[i];
    const step = stepAt(steps, start);
    return (
      !own.has(i) &&
      step >= 0 &&
      steps.isWarmup[step] === 0 &&
      coverage.within(start, start + duration) >= MIN_INSIDE * duration
    );
  });
  let waited = 0;
  for (let step = 0; step < steps.length; step++) {
    waited += steps.isWarmup[step] === 0 ? coverage.within(steps.start[step], steps.end[step]) : 0;
  }
  return rankStages(trace, nesting, inside, waited);
}

function spansOfUser(trace: Trace, lane: LaneIndex): SpanIndex[] {
  const { spans, strings } = trace;
  const { first, end } = laneRange(trace, lane);
  const known = new Map<number, boolean>();
  const rows: SpanIndex[] = [];
  for (let i = first; i < end; i++) {
    const category = spans.category[i];
    if (category !== PYTHON && !NAMED.has(category)) {
      continue;
    }
    const name = spans.name[i];
    let isUser = known.get(name);
    if (isUser === undefined) {
      isUser =
        category === PYTHON ? isUserFrame(strings[name]) : !isLibraryAnnotation(strings[name]);
      known.set(name, isUser);
    }
    if (isUser) {
      rows.push(i);
    }
  }
  return rows;
}

function isUserFrame(text: string): boolean {
  const frame = parseFrame(text);
  return frame !== null && isUserFile(frame.file);
}

function rankStages(
  { spans, strings }: Trace,
  nesting: Nesting,
  rows: readonly SpanIndex[],
  waitedNs: Nanoseconds,
): LoadingStage[] {
  const self = new Map<SpanIndex, number>(rows.map((i) => [i, spans.duration[i]]));
  let outermost = 0;
  for (const i of rows) {
    let above = nesting.parent[i];
    while (above >= 0 && !self.has(above)) {
      above = nesting.parent[above];
    }
    const time = self.get(above);
    if (time === undefined) {
      outermost += spans.duration[i];
    } else {
      self.set(above, time - spans.duration[i]);
    }
  }
  const total = Math.max(outermost, waitedNs);
  const byName = new Map<number, { selfNs: number; spans: SpanIndex[] }>();
  for (const [i, selfNs] of self) {
    const stage = byName.get(spans.name[i]) ?? { selfNs: 0, spans: [] };
    stage.selfNs += Math.max(0, selfNs);
    stage.spans.push(i);
    byName.set(spans.name[i], stage);
  }
  return [...byName]
    .map(([name, stage]) => ({
      name: parseFrame(strings[name])?.function ?? strings[name],
      selfNs: stage.selfNs,
      share: total > 0 ? stage.selfNs / total : 0,
      spans: stage.spans.sort((a, b) => spans.duration[b] - spans.duration[a]),
    }))
    .sort((a, b) => b.selfNs - a.selfNs);
}
