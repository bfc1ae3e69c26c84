import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { LoaderStage } from './loader-stage.ts';
import type { LoaderWaits } from './loader-waits.ts';

/** The iterator that PyTorch uses with num_workers=0. */
const SINGLE_PROCESS = /_SingleProcessDataLoaderIter/;
/** The iterator is among the first spans inside an annotation of the user's around it. */
const MAX_LOOKAHEAD = 16;

/** A wait for a batch in which the training process itself does the loading; null where nothing tells so. */
export function findOwnLoading(
  trace: Trace,
  { spans: waits }: LoaderWaits,
  stage: LoaderStage | null,
): SpanIndex | null {
  const bySingle = waits.find((span) => isSingleProcess(trace, span));
  return bySingle ?? (stage === null ? null : (waits.find((span) => span >= 0) ?? null));
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
