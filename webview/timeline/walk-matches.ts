import type { PageContext } from '../page-context.ts';
import { shiftsOf } from './alignment.ts';
import { stepMatch } from './matches.ts';
import { goToSpan } from './partners.ts';

/** Selects the next or previous of what is lit, and brings it into view, its rank opened. */
export function walkMatches(context: PageContext, step: 1 | -1): void {
  const { store } = context;
  const matches = store.matches.get();
  const shiftOf = shiftsOf(store.alignment.get());
  const current = matches === null ? -1 : stepMatch(matches, step, store.range.get(), shiftOf);
  if (matches === null || current < 0) {
    return;
  }
  const { spans } = matches;
  const rank = spans.rank[current];
  store.openRanks.set(new Set([...store.openRanks.get(), rank]));
  store.matches.set({ ...matches, current });
  store.wantedTrack.set({ rank, lane: spans.lane[current] });
  goToSpan(context, {
    selection: { kind: 'span', rank, index: spans.span[current] },
    startNs: spans.start[current],
    durationNs: spans.duration[current],
  });
}
