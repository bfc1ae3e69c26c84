import { InertObject, type PickleValue } from './pickle-value.ts';

/**
 * More of anything is a trap: an operation of one byte makes a dictionary of hundreds. A dump of 2,000
 * collectives has some 20,000 lists and dictionaries.
 */
const MAX_OBJECTS = 2_000_000;
const MAX_VALUES = 8_000_000;

/** What is wrong with the content of a pickle, for people. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** The machine that a pickle is a program of. It makes data and calls nothing. */
export class PickleStack {
  readonly #values: PickleValue[] = [];
  /** How many values lie below each mark. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  #objectCount = 0;
  #pairCount = 0;

  /** Adds a new value. */
  push(value: PickleValue): void {
    if (typeof value === 'object' && value !== null && ++this.#objectCount > MAX_OBJECTS) {
      throw new PickleError(`it has more than ${MAX_OBJECTS} lists and dictionaries`);
    }
    this.#put(value);
  }

  #put(value: PickleValue): void {
    if (this.#values.length >= MAX_VALUES) {
      throw new PickleError(`it has more than ${MAX_VALUES} values at once`);
    }
    this.#values.push(value);
  }

  pop(): PickleValue {
    if (this.#values.length <= this.#floor()) {
      throw new PickleError('it takes a value that is not there');
    }
    return this.#values.pop() as PickleValue;
  }

  top(): PickleValue {
    const value = this.pop();
    this.#values.push(value);
    return value;
  }

  duplicate(): void {
    this.#put(this.top());
  }

  mark(): void {
    if (this.#marks.length >= MAX_VALUES) {
      throw new PickleError(`it has more than ${MAX_VALUES} marks at once`);
    }
    this.#marks.push(this.#values.length);
  }

  /** The values since the last mark, which are taken. */
  popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) {
      throw new PickleError('it refers to a mark that is not there');
    }
    return this.#values.splice(mark);
  }

  /** Takes the mark where it is the last that was pushed, else a value. */
  drop(): void {
    if (this.#marks.length > 0 && this.#values.length === this.#floor()) {
      this.#marks.pop();
    } else {
      this.pop();
    }
  }

  remember(index: number): void {
    if (this.#memo.size >= MAX_VALUES) {
      throw new PickleError(`it stores more than ${MAX_VALUES} values`);
    }
    this.#memo.set(index, this.top());
  }

  get memoSize(): number {
    return this.#memo.size;
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) {
      throw new PickleError(`it refers to value ${index}, which was never stored`);
    }
    this.#put(value);
  }

  append(items: readonly PickleValue[]): void {
    addItems(this.top(), items);
  }

  setItems(items: readonly PickleValue[]): void {
    this.#pairCount += items.length;
    if (this.#pairCount > MAX_VALUES) {
      throw new PickleError(`it has more than ${MAX_VALUES} items of dictionaries`);
    }
    addPairs(this.top(), items);
  }

  build(state: PickleValue): void {
    const target = this.top();
    if (target instanceof InertObject) {
      target.state = state;
    }
  }

  /** The value of a program that was cut: what was under way is closed as far as it came. */
  close(): PickleValue {
    while (this.#marks.length > 0) {
      const items = this.popMark();
      const target = this.#values.at(-1);
      if (Array.isArray(target)) {
        addItems(target, items);
      } else if (target instanceof Map) {
        addPairs(target, items);
      }
    }
    return this.#values.at(0) ?? null;
  }

  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }
}

function addItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (Array.isArray(target)) {
    for (const item of items) {
      (target as PickleValue[]).push(item);
    }
  } else if (!(target instanceof InertObject)) {
    throw new PickleError('it appends to what is no list');
  }
}

/** A key without its value, as where the pickle is cut, is left out. */
function addPairs(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof Map) {
    for (let i = 0; i + 1 < items.length; i += 2) {
      (target as Map<PickleValue, PickleValue>).set(items[i], items[i + 1]);
    }
  } else if (!(target instanceof InertObject)) {
    throw new PickleError('it sets items of what is no dictionary');
  }
}
