import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { LoaderStage } from './loader-stage.ts';
import type { LoaderWaits } from './loader-waits.ts';

/** The iterator that PyTorch uses with num_workers=0. */
const SINGLE_PROCESS = /_SingleProcessDataLoaderIter/;
/** The iterator is among the first spans inside an annotation of the user's around it. */
const MAX_LOOKAHEAD = 16;

/** Of the waits, from which share on recorded work inside them is the loading itself. */
const MIN_FILLED = 0.5;
const RECORDED = categoryIndex('recorded');

/** A wait for a batch in which the training process itself does the loading; null where nothing tells so. */
export function findOwnLoading(
  trace: Trace,
  { spans: waits }: LoaderWaits,
  stage: LoaderStage | null,
): SpanIndex | null {
  const bySingle = waits.find((span) => isSingleProcess(trace, span));
  if (bySingle !== undefined) {
    return bySingle;
  }
  const known = waits.filter((span) => span >= 0);
  const isOwn = stage !== null || isFilledWithWork(trace, known);
  return isOwn && known.length > 0 ? known[0] : null;
}

/** Whether recorded spans inside the waits, on the same thread, fill at least half of them. */
function isFilledWithWork({ spans }: Trace, waits: Iterable<SpanIndex>): boolean {
  let waited = 0;
  let filled = 0;
  for (const wait of waits) {
    const end = spans.start[wait] + spans.duration[wait];
    let until = spans.start[wait];
    for (let i = wait + 1; spans.lane[i] === spans.lane[wait] && spans.start[i] < end; i++) {
      const stop = Math.min(end, spans.start[i] + spans.duration[i]);
      if (spans.category[i] === RECORDED && stop > until) {
        filled += stop - Math.max(until, spans.start[i]);
        until = stop;
      }
    }
    waited += spans.duration[wait];
  }
  return waited > 0 && filled >= MIN_FILLED * waited;
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
