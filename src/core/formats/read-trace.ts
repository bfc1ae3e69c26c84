import { UNKNOWN_FORMAT } from '../model/run.ts';
import type { Trace } from '../model/trace.ts';
import type { ByteSource } from './byte-source.ts';
import { GUESS, type Format, type Head, type ReadOptions } from './format.ts';
import { readHead } from './head.ts';
import { explainUnreadable } from './known-files.ts';
import { metrics } from './metrics.ts';
import { readWindow } from './read-window.ts';
import { FORMATS } from './registry.ts';
import { excerptOf } from './json/utf8.ts';
import { EventLimit, TooManyEvents } from './trace/selection.ts';
import { TraceBuilder } from './trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

export interface Recognized {
  readonly format: Format;
  /** 0 to 1. */
  readonly sureness: number;
}

/** The format that is surest of these first bytes; null if none knows them. */
export function recognizeFormat(head: Head): Recognized | null {
  let best: Recognized | null = null;
  for (const format of FORMATS) {
    const sureness = format.recognize(head);
    if (sureness > (best?.sureness ?? 0)) {
      best = { format, sureness };
    }
  }
  return best;
}

/**
 * Reads a file of any known format, told by its content. Throws for the outside world and when
 * aborted, never for content: of a file that cannot be read, a problem says why and what to do.
 */
export async function readTrace(source: ByteSource, options: ReadOptions): Promise<Trace> {
  const { head, source: whole, close } = await readHead(source, options.signal);
  const isMapped = (options.metricMapping ?? null) !== null;
  const recognized = isMapped ? { format: metrics, sureness: 1 } : recognizeFormat(head);
  if (recognized === null) {
    await close();
    return unreadableTrace(head, source);
  }
  try {
    const trace = await readLimited(whole, source, recognized.format, options);
    const isOther = recognized.sureness <= GUESS && trace.counts.kept === 0;
    return isOther ? unreadableTrace(head, source) : trace;
  } finally {
    // Not every format reads the bytes in order.
    await close();
  }
}

/** All of it, or some of its steps where it has more events than are allowed. */
async function readLimited(
  whole: ByteSource,
  again: ByteSource,
  format: Format,
  options: ReadOptions,
): Promise<Trace> {
  const { maxEvents } = options;
  if (maxEvents === undefined) {
    return await format.read(whole, options);
  }
  try {
    if (options.steps === undefined) {
      return await format.read(whole, { ...options, selection: new EventLimit(maxEvents) });
    }
  } catch (error) {
    if (!(error instanceof TooManyEvents)) {
      throw error;
    }
  }
  return await readWindow(again, format, { ...options, maxEvents });
}

function unreadableTrace(head: Head, source: ByteSource): Trace {
  const trace = new TraceBuilder().finish({
    clockZeroNs: null,
    meta: {
      format: UNKNOWN_FORMAT,
      ...UNKNOWN_ORIGIN,
      hasStacks: false,
    },
    showsProcess: false,
    byteLength: head.bytes.length,
  });
  const excerpt = excerptOf(head.bytes, 0, head.bytes.length, 120);
  const reason = explain(head, source);
  return { ...trace, problems: [{ kind: 'unreadable', byteOffset: 0, reason, excerpt }] };
}

/** Damage first: what it left does not tell what the file was. */
function explain(head: Head, source: ByteSource): string {
  const truncation = source.truncation();
  if (truncation === null) {
    return explainUnreadable(head, source.name);
  }
  const damage = truncation.charAt(0).toUpperCase() + truncation.slice(1);
  return head.bytes.length === 0
    ? `${damage}. Nothing of it could be unpacked: copy it again, or record it again.`
    : `${damage}. What comes before: ${explainUnreadable(head, source.name)}`;
}
