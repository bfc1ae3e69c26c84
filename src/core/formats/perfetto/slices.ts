import { categoryIndex } from '../../model/span-category.ts';
import { PendingPairs } from '../events/pending-pairs.ts';
import { OUTSIDE } from '../trace/selection.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

const STEP = categoryIndex('step');

/** Deeper nesting is no program's: such begins wait for the end of the file in less room. */
const MAX_OPEN = 1_000;

/**
 * Joins begins with ends. What a writer begins on a track it ends there itself, as a rule, and in the order of
 * its packets; what is left over, as of tracks that several write to, is paired in the order of time.
 */
export class Slices {
  readonly #open = new Map<string, SpanRow[]>();
  readonly #pairs = new PendingPairs();
  /** By writer and place: begins that were not taken, and whose ends are to come. */
  readonly #refused = new Map<string, number>();

  constructor(private readonly builder: TraceBuilder) {}

  /** `writer` is the sequence of its packet. Null, or why it is not taken. */
  begin(writer: number, place: number, row: SpanRow): string | null {
    const key = `${writer} ${place}`;
    // Steps are known as a whole before they are judged.
    if (row.category !== STEP && !this.builder.takesTime(row.start)) {
      this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
      return OUTSIDE;
    }
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#open.set(key, [{ ...row }]);
    } else if (open.length < MAX_OPEN) {
      open.push({ ...row });
    } else {
      this.#leave(place, row, true);
    }
    return null;
  }

  /** Of `row` only the time counts. Null, or why it is not taken. */
  end(writer: number, place: number, row: SpanRow): string | null {
    const key = `${writer} ${place}`;
    const open = this.#open.get(key);
    const begin = open?.at(-1);
    if (open === undefined || begin === undefined || begin.start > row.start) {
      return this.#endAlone(key, place, row);
    }
    const isStep = begin.category === STEP;
    begin.duration = row.start - begin.start;
    if (!isStep && !this.builder.takesTime(row.start)) {
      return OUTSIDE;
    }
    open.pop();
    if (open.length === 0) {
      this.#open.delete(key);
    }
    if (isStep && !this.builder.takesSpan(begin)) {
      this.builder.log.unread();
      return OUTSIDE;
    }
    this.builder.spans.push(begin);
    return null;
  }

  /** Its begin was not taken, or another writer's. */
  #endAlone(key: string, place: number, row: SpanRow): string | null {
    const isTaken = this.builder.takesTime(row.start);
    const refused = this.#refused.get(key) ?? 0;
    if (refused > 0) {
      this.#refused.set(key, refused - 1);
    }
    if (refused > 0 || !isTaken) {
      return OUTSIDE;
    }
    this.#leave(place, row, false);
    return null;
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
