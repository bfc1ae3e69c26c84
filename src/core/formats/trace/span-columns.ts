import { float64Column, uint32Column, uint8Column, type Column } from '../../../base/columns.ts';
import type { Spans } from '../../model/trace.ts';
import { orderSpans, type SpanOrder } from './span-order.ts';

/** One span on its way into the columns; 0 is none. */
export interface SpanRow {
  start: number;
  duration: number;
  name: number;
  lane: number;
  category: number;
  correlation: number;
  externalId: number;
  byteOffset: number;
  file: number;
  line: number;
  step: number;
  recordedPhase: number;
  stack: number;
  modelChunk: number;
  autograd: number;
}

export function emptySpanRow(): SpanRow {
  return {
    start: 0,
    duration: 0,
    name: 0,
    lane: 0,
    category: 0,
    correlation: 0,
    externalId: 0,
    byteOffset: 0,
    file: 0,
    line: 0,
    step: 0,
    recordedPhase: 0,
    stack: 0,
    modelChunk: 0,
    autograd: 0,
  };
}

/** The columns of spans while they grow, in the order of the file. */
export class SpanColumns {
  readonly start = float64Column();
  readonly duration = float64Column();
  readonly lane = uint32Column();
  readonly #name = uint32Column();
  readonly #category = uint8Column();
  readonly #correlation = new OptionalColumn(uint32Column());
  readonly #externalId = new OptionalColumn(uint32Column());
  readonly #byteOffset = float64Column();
  readonly #file = new OptionalColumn(uint32Column());
  readonly #line = new OptionalColumn(uint32Column());
  readonly #step = new OptionalColumn(uint32Column());
  readonly #phase = new OptionalColumn(uint8Column());
  readonly #stack = new OptionalColumn(uint32Column());
  readonly #modelChunk = new OptionalColumn(uint32Column());
  readonly #autograd = new OptionalColumn(uint32Column());

  get length(): number {
    return this.start.length;
  }

  push(row: SpanRow): void {
    const index = this.start.length;
    this.start.push(row.start);
    this.duration.push(row.duration);
    this.lane.push(row.lane);
    this.#name.push(row.name);
    this.#category.push(row.category);
    this.#correlation.push(index, row.correlation);
    this.#externalId.push(index, row.externalId);
    this.#byteOffset.push(row.byteOffset);
    this.#file.push(index, row.file);
    this.#line.push(index, row.line);
    this.#step.push(index, row.step);
    this.#phase.push(index, row.recordedPhase);
    this.#stack.push(index, row.stack);
    this.#modelChunk.push(index, row.modelChunk);
    this.#autograd.push(index, row.autograd);
  }

  /** From the first start to the last end; `first` is above `last` if there is no span. */
  bounds(): { readonly first: number; readonly last: number } {
    let first = Infinity;
    let last = -Infinity;
    for (let row = 0; row < this.length; row++) {
      const start = this.start.at(row);
      first = Math.min(first, start);
      last = Math.max(last, start + this.duration.at(row));
    }
    return { first, last };
  }

  order(laneCount: number): SpanOrder {
    return orderSpans(this, laneCount);
  }

  /** Columns in the given order; these here are empty after, unless they are to stay. */
  take(rows: Uint32Array, mayStay = false): Spans {
    const give = <A>(column: Ordered<A>): A =>
      mayStay ? column.copyInOrder(rows) : column.takeInOrder(rows);
    return {
      length: rows.length,
      start: give(this.start),
      duration: give(this.duration),
      lane: give(this.lane),
      name: give(this.#name),
      category: give(this.#category),
      correlation: give(this.#correlation),
      externalId: give(this.#externalId),
      byteOffset: give(this.#byteOffset),
      file: give(this.#file),
      line: give(this.#line),
      step: give(this.#step),
      recordedPhase: give(this.#phase),
      stack: give(this.#stack),
      modelChunk: give(this.#modelChunk),
      autograd: give(this.#autograd),
    };
  }

  clear(): void {
    this.take(new Uint32Array(0));
  }
}

interface Ordered<A> {
  takeInOrder(rows: Uint32Array): A;
  copyInOrder(rows: Uint32Array): A;
}

/** Takes no room before its first value other than 0. */
class OptionalColumn<A extends Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>> {
  readonly #column: Column<A>;
  #isUsed = false;

  constructor(column: Column<A>) {
    this.#column = column;
  }

  push(row: number, value: number): void {
    if (!this.#isUsed) {
      if (value === 0) {
        return;
      }
      this.#isUsed = true;
      for (let i = 0; i < row; i++) {
        this.#column.push(0);
      }
    }
    this.#column.push(value);
  }

  takeInOrder(rows: Uint32Array): A | null {
    const isUsed = this.#isUsed;
    this.#isUsed = false;
    return isUsed ? this.#column.takeInOrder(rows) : null;
  }

  copyInOrder(rows: Uint32Array): A | null {
    return this.#isUsed ? this.#column.copyInOrder(rows) : null;
  }
}
