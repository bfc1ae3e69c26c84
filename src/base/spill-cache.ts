/** Puts plain data away and gives the way to get it back; null where there is no room for it. */
export type Store = (value: unknown) => (() => unknown) | null;

interface Content {
  readonly value: unknown;
  readonly isPlain: boolean;
}

/** The values of one owner: in memory while the owner is among those used last. */
export class Spillable {
  readonly #inMemory = new Map<string, Content>();
  readonly #stored = new Map<string, () => unknown>();

  constructor(private readonly cache: SpillCache) {}

  /**
   * The value of this name: the one in memory, else the one stored, else what `compute` gives. A value
   * that is not plain data, as it has functions or a class, is computed again instead of stored.
   */
  get<T>(name: string, compute: () => T, isPlain = true): T {
    this.cache.touch(this);
    const known = this.#inMemory.get(name);
    if (known !== undefined) {
      return known.value as T;
    }
    const value = (this.#stored.get(name) ?? compute)() as T;
    this.#inMemory.set(name, { value, isPlain });
    return value;
  }

  /** Says that nobody will ask for the values again, so that they are not stored in vain. Gives the cache that had them. */
  discard(): SpillCache {
    this.cache.forget(this);
    return this.cache;
  }

  /** Lets go of the values, after storing those that are not stored yet. What cannot be stored stays. */
  spill(store: Store): void {
    for (const [name, { value, isPlain }] of this.#inMemory) {
      const stored = isPlain ? (this.#stored.get(name) ?? store(value)) : null;
      if (stored !== null) {
        this.#stored.set(name, stored);
      }
      if (stored !== null || !isPlain) {
        this.#inMemory.delete(name);
      }
    }
  }
}

/** Owners of values, of which those used last are in memory: it takes what so many of them need, not all. */
export class SpillCache {
  /** In the order of their last use. */
  readonly #inMemory = new Set<Spillable>();
  #last: Spillable | null = null;

  constructor(
    private readonly store: Store,
    private readonly limit: number,
  ) {}

  touch(owner: Spillable): void {
    if (owner === this.#last) {
      return;
    }
    this.#last = owner;
    this.#inMemory.delete(owner);
    this.#inMemory.add(owner);
    if (this.#inMemory.size > this.limit) {
      const [oldest] = this.#inMemory;
      this.#inMemory.delete(oldest);
      oldest.spill(this.store);
    }
  }

  forget(owner: Spillable): void {
    this.#inMemory.delete(owner);
    this.#last = null;
  }
}
