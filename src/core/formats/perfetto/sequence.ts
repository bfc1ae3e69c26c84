import { WireCursor } from '../protobuf/wire-cursor.ts';
import { DEFAULTS, ENTRY, INTERNED, TRACK_EVENT } from './schema.ts';

/** A number that a sequence gives to a text. */
export type InternedId = number | bigint;

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

const NO_PLACE: SourcePlace = { file: '', line: 0 };

/** What the packets of one writer refer to; forgotten whenever the writer begins anew. */
export class Sequence {
  /** Whether nothing was lost since the writer began, so that what it refers to is known. */
  isValid = false;
  /** Null where packets tell their own, or none do. */
  clock: number | null = null;
  track: InternedId | null = null;
  /** What counters have counted that tell how much more it is each time. */
  readonly totals = new Map<InternedId, number>();
  readonly #texts = new Map<number, Map<InternedId, string>>();
  readonly #places = new Map<InternedId, SourcePlace>();

  constructor(readonly id: number) {}

  clear(): void {
    this.isValid = true;
    this.clock = null;
    this.track = null;
    this.totals.clear();
    this.#texts.clear();
    this.#places.clear();
  }

  text(table: keyof typeof INTERNED, id: InternedId): string {
    return this.#texts.get(INTERNED[table])?.get(id) ?? '';
  }

  place(id: InternedId): SourcePlace {
    return this.#places.get(id) ?? NO_PLACE;
  }

  intern(bytes: Uint8Array, start: number, end: number): void {
    const table = new WireCursor().open(bytes, start, end);
    while (table.next()) {
      if (TABLES.has(table.field)) {
        this.#internEntry(table);
      }
    }
  }

  #internEntry({ bytes, field, start, end }: WireCursor): void {
    const entry = new WireCursor().open(bytes, start, end);
    let id: InternedId = 0;
    let name = '';
    let line = 0;
    while (entry.next()) {
      switch (entry.field) {
        case ENTRY.id:
          id = entry.integer();
          break;
        case ENTRY.name:
          name = entry.text();
          break;
        case ENTRY.line:
          line = entry.number();
          break;
      }
    }
    if (field === INTERNED.locations) {
      this.#places.set(id, { file: name, line });
      return;
    }
    const texts = this.#texts.get(field) ?? new Map<InternedId, string>();
    this.#texts.set(field, texts.set(id, name));
  }

  readDefaults(bytes: Uint8Array, start: number, end: number): void {
    const defaults = new WireCursor().open(bytes, start, end);
    while (defaults.next()) {
      if (defaults.field === DEFAULTS.clock) {
        this.clock = defaults.number();
      } else if (defaults.field === DEFAULTS.trackEvent) {
        const event = new WireCursor().open(bytes, defaults.start, defaults.end);
        while (event.next()) {
          this.track = event.field === TRACK_EVENT.track ? event.integer() : this.track;
        }
      }
    }
  }
}

const TABLES: ReadonlySet<number> = new Set(Object.values(INTERNED));
