/** Runs each task asked for once in the next frame; knows when nothing is left to do. */
export class FrameLoop {
  readonly #dirty = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;
  #busy = 0;

  request(task: () => void): void {
    this.#dirty.add(task);
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#run());
    }
  }

  forget(task: () => void): void {
    this.#dirty.delete(task);
  }

  /** Counts work that a frame will follow, such as a question to the host. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work;
    } finally {
      this.#busy--;
      this.request(() => undefined);
    }
  }

  /** For tests: resolves once all is painted and answered. */
  async whenIdle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.request(() => undefined);
    });
  }

  #run(): void {
    this.#scheduled = false;
    const tasks = [...this.#dirty];
    this.#dirty.clear();
    for (const task of tasks) {
      task();
    }
    if (this.#busy === 0 && this.#dirty.size === 0) {
      for (const resolve of this.#waiting.splice(0)) {
        resolve();
      }
    }
  }
}
