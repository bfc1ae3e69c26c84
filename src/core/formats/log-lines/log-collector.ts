import type { ProblemLog } from '../trace/problem-log.ts';
import type { LogDialect, LogRecord } from './log-dialect.ts';
import { type LogLine, parseLogLine } from './log-line.ts';
import { LogStream } from './log-stream.ts';
import { meanStep } from './mean-step.ts';

/** More lines that tell of steps are not read: the rest would not fit in memory. */
const MAX_EVENTS = 2_000_000;
const MAX_RANKS = 4_096;

const MAX_EXCERPT_BYTES = 512;

/** What all lines of one logger told. */
export interface DialectStreams {
  readonly dialect: LogDialect;
  /** By rank, as the launcher's prefix says; -1 is none. */
  readonly byRank: ReadonlyMap<number, LogStream>;
}

/** Gives each line to the dialect that knows it. */
export class LogCollector {
  readonly #decoder = new TextDecoder('latin1');
  readonly #hint: RegExp;
  readonly #streams: Map<number, LogStream>[];
  #eventCount = 0;

  constructor(
    private readonly dialects: readonly LogDialect[],
    private readonly log: ProblemLog,
  ) {
    this.#hint = new RegExp(dialects.map(({ hint }) => hint).join('|'));
    this.#streams = dialects.map(() => new Map<number, LogStream>());
  }

  /** Lines that told something, or look as if they did. */
  get eventCount(): number {
    return this.#eventCount;
  }

  take(bytes: Uint8Array, offset: number, isWhole: boolean): void {
    const raw = this.#decoder.decode(bytes);
    if (!this.#hint.test(raw)) {
      return;
    }
    const line = parseLogLine(raw);
    for (const [row, dialect] of this.dialects.entries()) {
      const record = dialect.read(line);
      if (record === null) {
        continue;
      }
      const excerpt = bytes.subarray(0, MAX_EXCERPT_BYTES);
      if (!isWhole && (typeof record === 'string' || !dialect.isClosed)) {
        this.#eventCount++;
        this.log.cut(offset, 'the last line is not whole', excerpt);
        return;
      }
      if (typeof record === 'string') {
        this.#eventCount++;
        this.log.drop(offset, record, excerpt);
        return;
      }
      const isTaken = this.#takeRecord(row, record, line, offset);
      if (isTaken) {
        return;
      }
    }
  }

  /** Those that told something. */
  finish(): DialectStreams[] {
    return this.dialects.flatMap((dialect, row) => {
      const byRank = this.#streams[row];
      for (const stream of byRank.values()) {
        stream.finish();
        const mean = meanStep(stream.totals);
        if (mean !== null && stream.steps.length === 0) {
          stream.steps.push(mean);
        }
      }
      return byRank.size === 0 ? [] : [{ dialect, byRank }];
    });
  }

  #takeRecord(row: number, record: LogRecord, line: LogLine, offset: number): boolean {
    if (this.#eventCount >= MAX_EVENTS) {
      this.log.drop(offset, 'there are more lines of steps than are read', new Uint8Array(0));
      return true;
    }
    const streams = this.#streams[row];
    const rank = line.rank ?? -1;
    const stream = streams.get(rank) ?? new LogStream(this.log);
    if (!streams.has(rank) && streams.size < MAX_RANKS) {
      streams.set(rank, stream);
    }
    // Before what it may drop of it.
    this.log.keep();
    if (stream.take(record, line.timeUs, offset)) {
      this.#eventCount++;
      return true;
    }
    this.log.unread();
    return false;
  }
}
