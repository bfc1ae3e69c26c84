/** CUDA streams by what they are for; the values are the numbers that traces show. */
export const STREAMS = { compute: 7, communication: 20, side: 21 } as const;

export type StreamName = keyof typeof STREAMS;

/** A device holds this many launches that have not begun; the next one waits. */
const QUEUE_DEPTH = 1024;
/** Between two kernels that wait in a queue. */
const KERNEL_GAP_NS = 900;

/** First in, first out on each stream; times in nanoseconds. */
export class Device {
  readonly #freeAt: Record<StreamName, number> = { compute: 0, communication: 0, side: 0 };
  readonly #starts = new Float64Array(QUEUE_DEPTH);
  #launches = 0;

  /** When the queue has room for one more launch. */
  get roomAt(): number {
    return this.#starts[this.#launches % QUEUE_DEPTH];
  }

  freeAt(stream: StreamName): number {
    return this.#freeAt[stream];
  }

  get idleAt(): number {
    const { compute, communication, side } = this.#freeAt;
    return Math.max(compute, communication, side);
  }

  /** Returns when the work begins. */
  enqueue(stream: StreamName, reachesDeviceAt: number, durationNs: number): number {
    const start = this.beginAt(stream, reachesDeviceAt);
    this.#starts[this.#launches % QUEUE_DEPTH] = start;
    this.#launches++;
    this.#freeAt[stream] = start + durationNs;
    return start;
  }

  beginAt(stream: StreamName, reachesDeviceAt: number): number {
    return Math.max(reachesDeviceAt, this.#freeAt[stream] + KERNEL_GAP_NS);
  }

  /** `stream` does nothing more until all that is on `other` now has ended, as `cudaStreamWaitEvent`. */
  waitFor(stream: StreamName, other: StreamName): void {
    this.#freeAt[stream] = Math.max(this.#freeAt[stream], this.#freeAt[other]);
  }

  occupyUntil(stream: StreamName, endNs: number): void {
    this.#freeAt[stream] = endNs;
  }
}
