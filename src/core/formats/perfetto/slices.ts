import { PendingPairs } from '../events/pending-pairs.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

/** Deeper nesting is no program's: such begins wait for the end of the file in less room. */
const MAX_OPEN = 1_000;

/**
 * Joins begins with ends. What a writer begins on a track it ends there itself, as a rule, and in the order of
 * its packets; what is left over, as of tracks that several write to, is paired in the order of time.
 */
export class Slices {
  readonly #open = new Map<string, SpanRow[]>();
  readonly #pairs = new PendingPairs();

  constructor(private readonly builder: TraceBuilder) {}

  /** `writer` is the sequence of its packet. */
  begin(writer: number, place: number, row: SpanRow): void {
    const key = `${writer} ${place}`;
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#open.set(key, [{ ...row }]);
    } else if (open.length < MAX_OPEN) {
      open.push({ ...row });
    } else {
      this.#leave(place, row, true);
    }
  }

  /** Of `row` only the time counts. */
  end(writer: number, place: number, row: SpanRow): void {
    const key = `${writer} ${place}`;
    const open = this.#open.get(key);
    const begin = open?.at(-1);
    if (open === undefined || begin === undefined || begin.start > row.start) {
      this.#leave(place, row, false);
      return;
    }
    open.pop();
    if (open.length === 0) {
      this.#open.delete(key);
    }
    begin.duration = row.start - begin.start;
    this.builder.spans.push(begin);
  }

  finish(): void {
    for (const [key, rows] of this.#open) {
      const place = Number(key.split(' ')[1]);
      for (const row of rows) {
        this.#leave(place, row, true);
      }
    }
    this.#open.clear();
    this.#pairs.pair(this.builder, this.builder.spans.bounds().last);
  }

  #leave(place: number, row: SpanRow, isBegin: boolean): void {
    this.#pairs.push({
      time: row.start,
      key: this.#pairs.key(String(place)),
      lane: row.lane,
      name: row.name,
      category: row.category,
      byteOffset: -1,
      isBegin,
      isRepaired: false,
    });
  }
}
