import { WireCursor } from '../protobuf/wire-cursor.ts';
import { ENTRY, METADATA, PLANE } from './schema.ts';

/** A number that files give to names. */
export type MetadataId = number | bigint;

/** What all events of one number have in common. */
export interface EventMetadata {
  readonly name: string;
  readonly displayName: string;
  /** Where its stats lie in the bytes of the plane: pairs of start and end. */
  readonly stats: readonly number[];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const UNKNOWN: EventMetadata = { name: '', displayName: '', stats: [] };

/** The names of a plane, which stand behind all that refers to them. Texts are decoded when they are asked for. */
export class PlaneMetadata {
  name = '';
  readonly #events = new Map<MetadataId, Range>();
  readonly #stats = new Map<MetadataId, Range>();
  readonly #knownEvents = new Map<MetadataId, EventMetadata>();
  readonly #knownStats = new Map<MetadataId, string>();
  readonly #entry = new WireCursor();
  readonly #value = new WireCursor();

  constructor(
    readonly bytes: Uint8Array,
    start: number,
    end: number,
  ) {
    const plane = new WireCursor().open(bytes, start, end);
    while (plane.next()) {
      if (plane.field === PLANE.name) {
        this.name = plane.text();
      } else if (plane.field === PLANE.eventMetadata && !plane.isCut) {
        this.#addEntry(plane, this.#events);
      } else if (plane.field === PLANE.statMetadata && !plane.isCut) {
        this.#addEntry(plane, this.#stats);
      }
    }
  }

  hasEvent(id: MetadataId): boolean {
    return this.#events.has(id);
  }

  event(id: MetadataId): EventMetadata {
    let known = this.#knownEvents.get(id);
    if (known === undefined) {
      const range = this.#events.get(id);
      known = range === undefined ? UNKNOWN : this.#readEvent(range);
      this.#knownEvents.set(id, known);
    }
    return known;
  }

  /** What a stat is called, or the text that one refers to; empty where there is none. */
  statName(id: MetadataId): string {
    let known = this.#knownStats.get(id);
    if (known === undefined) {
      const range = this.#stats.get(id);
      known = range === undefined ? '' : this.#readName(range);
      this.#knownStats.set(id, known);
    }
    return known;
  }

  #addEntry({ start, end }: WireCursor, into: Map<MetadataId, Range>): void {
    const entry = this.#entry.open(this.bytes, start, end);
    let key: MetadataId = 0;
    let range: Range | null = null;
    while (entry.next()) {
      if (entry.field === ENTRY.key) {
        key = entry.integer();
      } else if (entry.field === ENTRY.value) {
        range = { start: entry.start, end: entry.end };
      }
    }
    if (range !== null) {
      into.set(key, range);
    }
  }

  #readName({ start, end }: Range): string {
    const value = this.#value.open(this.bytes, start, end);
    let name = '';
    while (value.next()) {
      name = value.field === METADATA.name ? value.text() : name;
    }
    return name;
  }

  #readEvent({ start, end }: Range): EventMetadata {
    const value = this.#value.open(this.bytes, start, end);
    let name = '';
    let displayName = '';
    const stats: number[] = [];
    while (value.next()) {
      switch (value.field) {
        case METADATA.name:
          name = value.text();
          break;
        case METADATA.displayName:
          displayName = value.text();
          break;
        case METADATA.stats:
          stats.push(value.start, value.end);
          break;
      }
    }
    return { name, displayName, stats };
  }
}
