interface Entry {
  readonly owner: WeakRef<Map<number, unknown>>;
  readonly key: number;
  readonly bytes: number;
}

/** Keeps the entries of maps within a budget: the one not used for longest leaves its map first. */
export class LeastRecent {
  readonly #entries = new Map<string, Entry>();
  readonly #ids = new WeakMap<Map<number, unknown>, number>();
  #nextId = 0;
  #bytes = 0;

  constructor(private readonly budgetBytes: number) {}

  /** Says that an entry is used, and how large it is. It stays, however large. */
  use(owner: Map<number, unknown>, key: number, bytes: number): void {
    const id = `${this.#idOf(owner)} ${key}`;
    this.#forget(id);
    this.#entries.set(id, { owner: new WeakRef(owner), key, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.budgetBytes || oldest === id) {
        return;
      }
      this.#forget(oldest);
      entry.owner.deref()?.delete(entry.key);
    }
  }

  #forget(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }

  #idOf(owner: Map<number, unknown>): number {
    const id = this.#ids.get(owner) ?? this.#nextId++;
    this.#ids.set(owner, id);
    return id;
  }
}
