/** Makes a batch: how long it takes a worker. */
export type BatchCost = (batch: number) => number;

/** A batch as its worker made it; times in nanoseconds. */
export interface PreparedBatch {
  readonly worker: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The worker processes of a loader, as PyTorch runs them: batches are handed out in turn, `prefetch` for each
 * worker, another one whenever the loop has taken one, and they are delivered in order.
 */
export class BatchQueue {
  readonly #freeAt: Float64Array;
  readonly #askedAt: Float64Array;
  #batch = 0;

  constructor(
    startedAt: readonly number[],
    prefetch: number,
    private readonly cost: BatchCost,
  ) {
    this.#freeAt = Float64Array.from(startedAt);
    this.#askedAt = new Float64Array(startedAt.length * Math.max(1, prefetch));
  }

  /** The next batch in order; `taken` must follow. */
  prepare(): PreparedBatch {
    const worker = this.#batch % this.#freeAt.length;
    const start = Math.max(this.#freeAt[worker], this.#askedAt[this.#batch % this.#askedAt.length]);
    const end = start + this.cost(this.#batch);
    this.#freeAt[worker] = end;
    return { worker, start, end };
  }

  /** The loop has the batch: its worker is asked for another. */
  taken(at: number): void {
    this.#askedAt[this.#batch % this.#askedAt.length] = at;
    this.#batch++;
  }
}
