import { mapInto } from '../../../base/map-into.ts';
import { type Column, float64Column, uint32Column, uint8Column } from '../../../base/columns.ts';
import type { Collectives, Counters, Flows, Instants } from '../../model/trace.ts';

export class FlowColumns {
  readonly #id = float64Column();
  readonly #time = float64Column();
  readonly #place = uint32Column();
  readonly #name = uint32Column();
  readonly #part = uint8Column();

  push(id: number, time: number, place: number, name: number, part: 0 | 1 | 2): void {
    this.#id.push(id);
    this.#time.push(time);
    this.#place.push(place);
    this.#name.push(name);
    this.#part.push(part);
  }

  /** Each place becomes the lane that it stands for. These here are empty after, unless they are to stay. */
  take(laneOf: (place: number) => number, mayStay = false): Flows {
    return {
      length: this.#id.length,
      id: give(this.#id, mayStay),
      time: give(this.#time, mayStay),
      lane: give(this.#place, mayStay).map(laneOf),
      name: give(this.#name, mayStay),
      part: give(this.#part, mayStay),
    };
  }
}

export class CounterColumns {
  readonly #time = float64Column();
  readonly #series = uint32Column();
  readonly #value = float64Column();
  /** Rank plus 1; begun with the first value that has one. */
  #rank: ReturnType<typeof uint32Column> | null = null;

  push(time: number, series: number, value: number, rank: number | null = null): void {
    if (rank !== null || this.#rank !== null) {
      this.#rank ??= zeros(this.#time.length);
      this.#rank.push(rank === null ? 0 : rank + 1);
    }
    this.#time.push(time);
    this.#series.push(series);
    this.#value.push(value);
  }

  /** These here are empty after, unless they are to stay. */
  take(mayStay = false): Counters {
    return {
      length: this.#time.length,
      time: give(this.#time, mayStay),
      series: give(this.#series, mayStay),
      value: give(this.#value, mayStay),
      ...(this.#rank === null ? {} : { rank: give(this.#rank, mayStay) }),
    };
  }
}

function give<
  A extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
>(column: Column<A>, mayStay: boolean): A {
  return mayStay ? column.copy() : column.take();
}

function zeros(length: number): ReturnType<typeof uint32Column> {
  const column = uint32Column();
  for (let i = 0; i < length; i++) {
    column.push(0);
  }
  return column;
}

export class InstantColumns {
  readonly #time = float64Column();
  readonly #place = uint32Column();
  readonly #name = uint32Column();

  push(time: number, place: number, name: number): void {
    this.#time.push(time);
    this.#place.push(place);
    this.#name.push(name);
  }

  /** Each place becomes the lane that it stands for. These here are empty after, unless they are to stay. */
  take(laneOf: (place: number) => number, mayStay = false): Instants {
    return {
      length: this.#time.length,
      time: give(this.#time, mayStay),
      lane: give(this.#place, mayStay).map(laneOf),
      name: give(this.#name, mayStay),
    };
  }
}

/** What is known of one collective; -1 is an unknown number. */
export interface CollectiveRow {
  readonly operation: number;
  readonly group: number;
  readonly sequence: number;
  readonly elements: number;
}

export class CollectiveColumns {
  readonly #span: number[] = [];
  readonly #rows: CollectiveRow[] = [];

  push(span: number, row: CollectiveRow): void {
    this.#span.push(span);
    this.#rows.push(row);
  }

  /** `spanOfRow` gives the place of a span once spans are ordered. */
  take(spanOfRow: (row: number) => number): Collectives {
    const spans = this.#span.map(spanOfRow);
    const order = spans.map((_, i) => i).sort((a, b) => spans[a] - spans[b]);
    const rows = order.map((i) => this.#rows[i]);
    return {
      length: order.length,
      span: mapInto(new Uint32Array(order.length), order, (i) => spans[i]),
      operation: mapInto(new Uint32Array(rows.length), rows, (row) => row.operation),
      group: mapInto(new Uint32Array(rows.length), rows, (row) => row.group),
      sequence: mapInto(new Float64Array(rows.length), rows, (row) => row.sequence),
      elements: mapInto(new Float64Array(rows.length), rows, (row) => row.elements),
    };
  }
}
