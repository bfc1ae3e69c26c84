import type { Disposable } from '../../base/lifetime.ts';

/** What `vscode.Memento` has; a test can play it. */
export interface Memory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): Thenable<void>;
}

interface KeptView {
  readonly run: string;
  readonly state: unknown;
}

const STORAGE_KEY = 'runViews';
const MAX_RUNS = 50;
/** As JSON; a page that asks for more is wrong. */
const MAX_CHARACTERS = 100_000;

type Listener = (run: string) => void;

/** How each run was looked at last, for when it is opened again; those not looked at for longest go first. */
export class KeptViews {
  readonly #listeners = new Set<Listener>();

  constructor(private readonly memory: Memory) {}

  /** Tells the run whose view was kept. */
  onDidKeep(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** What the page kept; null where it never did. */
  find(run: string): unknown {
    return this.#all().find((kept) => kept.run === run)?.state ?? null;
  }

  async keep(run: string, state: unknown): Promise<void> {
    if (JSON.stringify(state).length > MAX_CHARACTERS) {
      return;
    }
    const others = this.#all().filter((kept) => kept.run !== run);
    await this.memory.update(STORAGE_KEY, [{ run, state }, ...others].slice(0, MAX_RUNS));
    for (const listener of [...this.#listeners]) {
      listener(run);
    }
  }

  #all(): readonly KeptView[] {
    return this.memory.get<readonly KeptView[]>(STORAGE_KEY, []);
  }
}
