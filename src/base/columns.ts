type Numbers =
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** Rows of a chunk: large enough to make growing rare, small enough to waste little on small traces. */
const CHUNK_BITS = 12;
const CHUNK_ROWS = 1 << CHUNK_BITS;

/** A column that grows in chunks of a fixed size: nothing is copied until it is gathered. */
export class Column<A extends Numbers> {
  readonly #create: (length: number) => A;
  #chunks: A[] = [];
  #current: A;
  #used = CHUNK_ROWS;
  #fullRows = -CHUNK_ROWS;

  constructor(create: (length: number) => A) {
    this.#create = create;
    this.#current = create(0);
  }

  get length(): number {
    return this.#fullRows + this.#used;
  }

  push(value: number): void {
    if (this.#used === CHUNK_ROWS) {
      this.#current = this.#create(CHUNK_ROWS);
      this.#chunks.push(this.#current);
      this.#used = 0;
      this.#fullRows += CHUNK_ROWS;
    }
    this.#current[this.#used++] = value;
  }

  at(row: number): number {
    return this.#chunks[row >>> CHUNK_BITS][row & (CHUNK_ROWS - 1)];
  }

  set(row: number, value: number): void {
    this.#chunks[row >>> CHUNK_BITS][row & (CHUNK_ROWS - 1)] = value;
  }

  /** The column in one piece, and the chunks let go. */
  take(): A {
    const whole = this.copy();
    this.clear();
    return whole;
  }

  /** The column in one piece; it can go on growing. */
  copy(): A {
    const whole = this.#create(this.length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk.subarray(0, Math.min(CHUNK_ROWS, whole.length - at)), at);
      at += CHUNK_ROWS;
    }
    return whole;
  }

  /** The rows in the given order, and the chunks let go. */
  takeInOrder(order: Uint32Array): A {
    const whole = this.copyInOrder(order);
    this.clear();
    return whole;
  }

  /** The rows in the given order; it can go on growing. */
  copyInOrder(order: Uint32Array): A {
    const whole = this.#create(order.length);
    const chunks = this.#chunks;
    for (let i = 0; i < order.length; i++) {
      const row = order[i];
      whole[i] = chunks[row >>> CHUNK_BITS][row & (CHUNK_ROWS - 1)];
    }
    return whole;
  }

  clear(): void {
    this.#chunks = [];
    this.#used = CHUNK_ROWS;
    this.#fullRows = -CHUNK_ROWS;
  }
}

export function float64Column(): Column<Float64Array<ArrayBuffer>> {
  return new Column((length) => new Float64Array(length));
}

export function uint32Column(): Column<Uint32Array<ArrayBuffer>> {
  return new Column((length) => new Uint32Array(length));
}

export function int32Column(): Column<Int32Array<ArrayBuffer>> {
  return new Column((length) => new Int32Array(length));
}

export function uint8Column(): Column<Uint8Array<ArrayBuffer>> {
  return new Column((length) => new Uint8Array(length));
}
