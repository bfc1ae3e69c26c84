/** The ranks of the processes' devices: each has one in every communicator, of which the largest is the job. */
export class RankTable {
  readonly #rankByDevice = new Map<string, { rank: number; size: number }>();
  #worldSize = 0;

  add(device: string, rank: number, size: number): void {
    const known = this.#rankByDevice.get(device);
    if (known === undefined || size > known.size) {
      this.#rankByDevice.set(device, { rank, size });
    }
    this.#worldSize = Math.max(this.#worldSize, size);
  }

  rankOf(device: string): number | null {
    return this.#rankByDevice.get(device)?.rank ?? null;
  }

  /** Null where no communicator told its size. */
  get worldSize(): number | null {
    return this.#worldSize > 0 ? this.#worldSize : null;
  }
}
