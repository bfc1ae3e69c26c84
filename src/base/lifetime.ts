/** Something that holds a resource until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and releases them together, last in first out. */
export class DisposableStore implements Disposable {
  readonly #owned: Disposable[] = [];
  #isDisposed = false;

  add<T extends Disposable>(disposable: T): T {
    if (this.#isDisposed) {
      disposable.dispose();
    } else {
      this.#owned.push(disposable);
    }
    return disposable;
  }

  dispose(): void {
    this.#isDisposed = true;
    while (this.#owned.length > 0) {
      this.#owned.pop()?.dispose();
    }
  }
}
