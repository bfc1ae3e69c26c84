import { formatDuration } from '../base/format.ts';
import { CAUSE_WORDS } from '../base/palette.ts';
import type { LongerSlice } from './longer-slices.ts';

/** `+31 ms waiting for data, +2 ms of backward`. */
export function describeLonger(slices: readonly LongerSlice[]): string {
  return slices
    .map(({ phase, cause, moreNs }) => `+${formatDuration(moreNs)} ${wordsFor(phase, cause)}`)
    .join(', ');
}

function wordsFor(phase: LongerSlice['phase'], cause: LongerSlice['cause']): string {
  if (cause === 'unexplained') {
    return 'idle, unexplained';
  }
  if (cause !== null) {
    return `waiting for ${CAUSE_WORDS[cause]}`;
  }
  return phase === 'none' ? 'in no phase' : `of ${phase}`;
}
