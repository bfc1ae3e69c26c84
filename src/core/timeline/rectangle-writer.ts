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
  readonly name: string;
}

/** A name of a trace can be a megabyte long; a label never is. */
const MAX_NAME_CHARACTERS = 300;

export class RectangleWriter {
  readonly #rectangles: Omit<Rectangle, 'name'>[] = [];
  readonly #name: number[] = [];
  readonly #names: string[] = [''];
  readonly #idByName = new Map<string, number>([['', 0]]);

  add(rectangle: Rectangle): void {
    this.#rectangles.push(rectangle);
    this.#name.push(this.#nameId(rectangle.name));
  }

  finish(): { rectangles: WindowRectangles; names: string[] } {
    const all = this.#rectangles;
    const rectangles: WindowRectangles = {
      length: all.length,
      row: Uint16Array.from(all, (r) => r.row),
      depth: Uint16Array.from(all, (r) => r.depth),
      start: Float64Array.from(all, (r) => r.start),
      end: Float64Array.from(all, (r) => r.end),
      kind: Uint8Array.from(all, (r) => r.kind),
      phase: Uint8Array.from(all, (r) => r.phase),
      category: Uint8Array.from(all, (r) => r.category),
      item: Uint32Array.from(all, (r) => r.item),
      name: Uint32Array.from(this.#name),
    };
    return { rectangles, names: this.#names };
  }

  #nameId(name: string): number {
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
