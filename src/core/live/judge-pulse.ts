/** How a run is that was seen to grow. */
export type Pulse =
  | { readonly kind: 'live' }
  /** The recorder has closed its files. */
  | { readonly kind: 'ended' }
  /** Its process is gone, and the recorder did not close its files. */
  | { readonly kind: 'gone'; readonly silentMs: number }
  /** It may still be there, but writes nothing. */
  | { readonly kind: 'silent'; readonly silentMs: number };

export interface PulseFacts {
  readonly nowMs: number;
  readonly lastWriteMs: number;
  /** The longest time from one write to the next so far. */
  readonly longestPauseMs: number;
  /** Of an analysed run; 0 where it has no steps. */
  readonly longestStepMs: number;
  readonly hasEnded: boolean;
  /** Null where it cannot be told, as of a process on another machine. */
  readonly isProcessThere: boolean | null;
}

/** The recorder writes every second; what buffers more does not for half a minute. */
const MIN_SILENCE_MS = 30_000;
/** A checkpoint or a validation may be this many times as long as any step or pause before. */
const PATIENCE = 5;
/** Between the end of a process and that of what it wrote. */
const SETTLE_MS = 3_000;

export function judgePulse(facts: PulseFacts): Pulse {
  const silentMs = Math.max(0, facts.nowMs - facts.lastWriteMs);
  const rhythmMs = Math.max(facts.longestPauseMs, facts.longestStepMs);
  if (facts.hasEnded) {
    return { kind: 'ended' };
  }
  if (facts.isProcessThere === false && silentMs > SETTLE_MS) {
    return { kind: 'gone', silentMs };
  }
  return silentMs > Math.max(MIN_SILENCE_MS, PATIENCE * rhythmMs)
    ? { kind: 'silent', silentMs }
    : { kind: 'live' };
}
