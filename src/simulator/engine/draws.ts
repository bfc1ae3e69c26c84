/** What a number is drawn for: numbers of one purpose do not move when another purpose needs more of them. */
export const PURPOSES = {
  kernel: 1,
  operator: 2,
  batch: 3,
  lateBatch: 4,
  collective: 5,
  clockOffset: 6,
  clockDrift: 7,
  workerStart: 8,
  loop: 9,
  service: 10,
  planting: 11,
} as const;

export type Purpose = (typeof PURPOSES)[keyof typeof PURPOSES];

/** What a number belongs to. */
export interface DrawKey {
  readonly rank: number;
  readonly step: number;
  readonly index: number;
}

/**
 * Random numbers looked up by what they are for rather than in turn: a run with a trouble and the same run
 * without it draw the same.
 */
export class Draws {
  constructor(
    private readonly seed: number,
    private readonly noise: number,
  ) {}

  /** In [0, 1). */
  uniform(purpose: Purpose, { rank, step, index }: DrawKey): number {
    return this.#bits(purpose, rank, step, index) / 2 ** 32;
  }

  /** About 1, with this relative standard deviation at noise 1; triangular, never below a tenth. */
  factor(deviation: number, purpose: Purpose, { rank, step, index }: DrawKey): number {
    const bits = this.#bits(purpose, rank, step, index);
    const centered = ((bits & 0xffff) + (bits >>> 16)) / 0x10000 - 1;
    return Math.max(0.1, 1 + centered * Math.sqrt(6) * deviation * this.noise);
  }

  /** The finalizer of MurmurHash3 over all four. */
  #bits(purpose: number, rank: number, step: number, index: number): number {
    let h = Math.imul(this.seed ^ Math.imul(purpose, 0x9e3779b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15) ^ Math.imul(rank + 1, 0xc2b2ae35), 0x27d4eb2f);
    h = Math.imul(h ^ (h >>> 13) ^ Math.imul(step + 64, 0x165667b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 16) ^ Math.imul(index + 1, 0x9e3779b1), 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    return (h ^ (h >>> 16)) >>> 0;
  }
}

/** Numbers in [0, 1) one after another, for what is planted into the run of this seed. */
export function plantingRandom(seed: number): () => number {
  const draws = new Draws(seed, 0);
  let index = 0;
  return () => draws.uniform(PURPOSES.planting, { rank: 0, step: 0, index: index++ });
}
