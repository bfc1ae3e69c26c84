import { categoryIndex } from '../model/span-category.ts';
import type { Spans, Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { Intervals } from './intervals.ts';
import type { LoaderStage } from './loader-stage.ts';
import type { LoaderWaits } from './loader-waits.ts';

/** The iterator that PyTorch uses with num_workers=0. */
const SINGLE_PROCESS = /_SingleProcessDataLoaderIter/;
/** The iterator is among the first spans inside an annotation of the user's around it. */
const MAX_LOOKAHEAD = 16;

/** Of the waits, from which share on recorded work inside them is the loading itself. */
const MIN_FILLED = 0.5;
const RECORDED = categoryIndex('recorded');
const CPU_OP = categoryIndex('cpu-op');

/** A wait for a batch in which the training process itself does the loading; null where nothing tells so. */
export function findOwnLoading(
  trace: Trace,
  { spans: starters, waits }: Pick<LoaderWaits, 'spans' | 'waits'>,
  stage: LoaderStage | null,
): SpanIndex | null {
  const bySingle = starters.find((span) => isSingleProcess(trace, span));
  if (bySingle !== undefined) {
    return bySingle;
  }
  const isOwn = stage !== null || isFilledWithWork(trace, starters, waits);
  return isOwn ? (starters.find((span) => span >= 0) ?? null) : null;
}

/** Whether recorded spans or operators inside the waits, on the same thread, fill at least half of them. */
function isFilledWithWork(
  { spans }: Trace,
  starters: Int32Array,
  { start, end }: Intervals,
): boolean {
  let waited = 0;
  let filled = 0;
  starters.forEach((first, wait) => {
    let until = start[wait];
    for (
      let i = Math.max(0, first);
      i < spans.length && spans.lane[i] === spans.lane[first] && spans.start[i] < end[wait];
      i++
    ) {
      const stop = Math.min(end[wait], spans.start[i] + spans.duration[i]);
      if (isWork(spans.category[i]) && stop > until && !fills(spans, i, start[wait], end[wait])) {
        filled += stop - Math.max(until, spans.start[i]);
        until = stop;
      }
    }
    waited += end[wait] - start[wait];
  });
  return waited > 0 && filled >= MIN_FILLED * waited;
}

function isWork(category: number): boolean {
  return category === RECORDED || category === CPU_OP;
}

/** The wait itself. */
function fills({ start, duration }: Spans, i: SpanIndex, from: number, to: number): boolean {
  return start[i] <= from && start[i] + duration[i] >= to;
}

function isSingleProcess({ spans, strings }: Trace, wait: SpanIndex): boolean {
  const until = spans.start[wait] + spans.duration[wait];
  const last = Math.min(wait + MAX_LOOKAHEAD, spans.length);
  for (let i = wait; i < last && spans.start[i] < until; i++) {
    if (SINGLE_PROCESS.test(strings[spans.name[i]])) {
      return true;
    }
  }
  return false;
}
