import type { Disposable } from '../../src/base/lifetime.ts';

/** A value that tells when it changes. */
export class Atom<T> {
  readonly #listeners = new Set<(value: T) => void>();

  constructor(
    private value: T,
    private readonly isSame: (a: T, b: T) => boolean = Object.is,
  ) {}

  get(): T {
    return this.value;
  }

  set(value: T): void {
    if (!this.isSame(this.value, value)) {
      this.value = value;
      for (const listener of [...this.#listeners]) {
        listener(value);
      }
    }
  }

  subscribe(listener: (value: T) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}
