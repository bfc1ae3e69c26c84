import { float64Column, uint32Column, uint8Column } from '../../base/columns.ts';
import type { WindowRectangles } from '../model/timeline.ts';
import type { Nanoseconds } from '../model/units.ts';

export interface Rectangle {
  readonly row: number;
  readonly depth: number;
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
  readonly kind: number;
  readonly phase: number;
  readonly category: number;
  readonly item: number;
  /** Index into the strings of the trace; 0 is none. */
  readonly name: number;
  /** Share of its time that is taken, 0 to 1. */
  readonly coverage: number;
}

/** A name of a trace can be a megabyte long; a label never is. */
const MAX_NAME_CHARACTERS = 300;
const FULL = 255;

export class RectangleWriter {
  readonly #row = uint32Column();
  readonly #depth = uint32Column();
  readonly #start = float64Column();
  readonly #end = float64Column();
  readonly #kind = uint8Column();
  readonly #phase = uint8Column();
  readonly #category = uint8Column();
  readonly #coverage = uint8Column();
  readonly #item = uint32Column();
  readonly #name = uint32Column();
  readonly #names: string[] = [''];
  readonly #idByName = new Map<string, number>([['', 0]]);
  readonly #idsByStrings = new Map<readonly string[], Map<number, number>>();

  get length(): number {
    return this.#row.length;
  }

  add(rectangle: Rectangle, strings: readonly string[]): void {
    this.#row.push(rectangle.row);
    this.#depth.push(rectangle.depth);
    this.#start.push(rectangle.start);
    this.#end.push(rectangle.end);
    this.#kind.push(rectangle.kind);
    this.#phase.push(rectangle.phase);
    this.#category.push(rectangle.category);
    this.#coverage.push(Math.round(FULL * Math.min(1, rectangle.coverage)));
    this.#item.push(rectangle.item);
    this.#name.push(this.#nameId(rectangle.name, strings));
  }

  /** Lengthens the last one to `end`, by so many spans. */
  extendLast(end: Nanoseconds, coverage: number, spans: number): void {
    const last = this.length - 1;
    const before = this.#end.at(last) - this.#start.at(last);
    const after = end - this.#start.at(last);
    const taken = (this.#coverage.at(last) / FULL) * before + coverage * (after - before);
    this.#coverage.set(last, Math.round(FULL * Math.min(1, after > 0 ? taken / after : 1)));
    this.#end.set(last, end);
    this.#item.set(last, this.#item.at(last) + spans);
  }

  finish(): { rectangles: WindowRectangles; names: string[] } {
    const { length } = this;
    const rectangles: WindowRectangles = {
      length,
      row: Uint16Array.from(this.#row.take()),
      depth: Uint16Array.from(this.#depth.take()),
      start: this.#start.take(),
      end: this.#end.take(),
      kind: this.#kind.take(),
      phase: this.#phase.take(),
      category: this.#category.take(),
      coverage: this.#coverage.take(),
      item: this.#item.take(),
      name: this.#name.take(),
    };
    return { rectangles, names: this.#names };
  }

  #nameId(name: number, strings: readonly string[]): number {
    if (name === 0) {
      return 0;
    }
    let ids = this.#idsByStrings.get(strings);
    if (ids === undefined) {
      ids = new Map();
      this.#idsByStrings.set(strings, ids);
    }
    let id = ids.get(name);
    if (id === undefined) {
      id = this.#idOf(strings[name]);
      ids.set(name, id);
    }
    return id;
  }

  #idOf(name: string): number {
    const short =
      name.length > MAX_NAME_CHARACTERS ? `${name.slice(0, MAX_NAME_CHARACTERS)}…` : name;
    let id = this.#idByName.get(short);
    if (id === undefined) {
      id = this.#names.length;
      this.#names.push(short);
      this.#idByName.set(short, id);
    }
    return id;
  }
}
