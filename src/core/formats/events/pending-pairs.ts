import { float64Column, uint32Column, uint8Column } from '../../../base/columns.ts';
import { orderSpans } from '../trace/span-order.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

/** One end of a span that comes as two events. */
export interface SpanEnd {
  readonly time: number;
  /** From `key`: ends of one key belong together and nest. */
  readonly key: number;
  readonly lane: number;
  readonly name: number;
  readonly category: number;
  readonly byteOffset: number;
  readonly isBegin: boolean;
  readonly isRepaired: boolean;
}

const BEGIN = 1;
const REPAIRED = 2;

const NO_BYTES = new Uint8Array(0);

/** Begins and ends of spans, to be paired when all are known: they need not come in order. */
export class PendingPairs {
  readonly #start = float64Column();
  readonly #lane = uint32Column();
  readonly #duration = float64Column();
  readonly #spanLane = uint32Column();
  readonly #name = uint32Column();
  readonly #category = uint8Column();
  readonly #byteOffset = float64Column();
  readonly #flags = uint8Column();
  readonly #keys = new Map<string, number>();
  #lastTime = -Infinity;

  get length(): number {
    return this.#name.length;
  }

  /** The key of ends that belong together, by what they share. */
  key(shared: string): number {
    let key = this.#keys.get(shared);
    if (key === undefined) {
      key = this.#keys.size;
      this.#keys.set(shared, key);
    }
    return key;
  }

  push(end: SpanEnd): void {
    this.#start.push(end.time);
    this.#lane.push(end.key);
    this.#duration.push(0);
    this.#spanLane.push(end.lane);
    this.#name.push(end.name);
    this.#category.push(end.category);
    this.#byteOffset.push(end.byteOffset);
    this.#flags.push((end.isBegin ? BEGIN : 0) | (end.isRepaired ? REPAIRED : 0));
    this.#lastTime = Math.max(this.#lastTime, end.time);
  }

  clear(): void {
    for (const column of [this.#start, this.#duration, this.#byteOffset]) {
      column.clear();
    }
    for (const column of [this.#lane, this.#spanLane, this.#name]) {
      column.clear();
    }
    this.#category.clear();
    this.#flags.clear();
    this.#lastTime = -Infinity;
  }

  /**
   * Adds the spans. One without an end lasts to the last of all ends, or to `lastTime` if that is later, and is
   * clipped; an end alone is dropped.
   */
  pair(builder: TraceBuilder, lastTime = -Infinity): void {
    this.#lastTime = Math.max(this.#lastTime, lastTime);
    const keys = { start: this.#start, lane: this.#lane, duration: this.#duration };
    const { rows, laneStarts } = orderSpans(keys, this.#keys.size);
    for (let key = 0; key < this.#keys.size; key++) {
      this.#pairKey(rows.subarray(laneStarts[key], laneStarts[key + 1]), builder);
    }
  }

  #pairKey(rows: Uint32Array, builder: TraceBuilder): void {
    const open: number[] = [];
    for (const row of rows) {
      if ((this.#flags.at(row) & BEGIN) !== 0) {
        open.push(row);
        continue;
      }
      const begin = open.pop();
      if (begin === undefined) {
        builder.log.unkeep(1, (this.#flags.at(row) & REPAIRED) !== 0 ? 1 : 0);
        builder.log.describe(
          'dropped',
          Math.max(0, this.#byteOffset.at(row)),
          'this end has no begin',
          NO_BYTES,
        );
      } else {
        this.#add(begin, this.#start.at(row), builder);
      }
    }
    builder.log.clip(open.length);
    for (const begin of open) {
      this.#add(begin, this.#lastTime, builder);
    }
  }

  #add(begin: number, endTime: number, builder: TraceBuilder): void {
    const row = emptySpanRow();
    row.start = this.#start.at(begin);
    row.duration = endTime - row.start;
    row.name = this.#name.at(begin);
    row.lane = this.#spanLane.at(begin);
    row.category = this.#category.at(begin);
    row.byteOffset = this.#byteOffset.at(begin);
    builder.spans.push(row);
  }
}
