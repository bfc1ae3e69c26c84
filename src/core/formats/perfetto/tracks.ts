import { WireCursor } from '../protobuf/wire-cursor.ts';
import { type LaneKindIndex, LOGICAL, STREAM, THREAD } from '../trace/lane-table.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { COUNTER, PROCESS, THREAD_FIELDS, TRACK } from './schema.ts';
import type { InternedId } from './sequence.ts';

/** More tracks than this cannot be looked at: the rest shares one. */
const MAX_TRACKS = 65_536;

/** Chains of tracks are short; those of hostile files have no end. */
const MAX_PARENTS = 16;

/** `THREAD 2 (4711)`, as rocprofv3 calls the tracks of threads. */
const NAMED_THREAD = /^THREAD \d+ \((\d+)\)$/;
/** `COMPUTE AGENT [4] STREAM [1] (GPU)`, `COMPUTE GPU [0] QUEUE [1] GPU`, `COPY to AGENT [4] THREAD [0] (GPU)`. */
const DEVICE = /\b(?:AGENT|GPU|NODE|DEVICE)\s*\[?(\d{1,6})\]?/i;
const OF_HOST = /\(CPU\)|\bCPU\s*$/;

interface Description {
  name: string;
  process: string | null;
  thread: string | null;
  parent: InternedId | null;
  multiplier: number;
  isIncremental: boolean;
}

/** Where the events of a track go. */
export interface Track {
  readonly place: number;
  readonly kind: LaneKindIndex;
  /** Of the counter. */
  readonly name: string;
  readonly multiplier: number;
  readonly isIncremental: boolean;
}

/** The tracks of a trace, which packets describe one by one. */
export class Tracks {
  readonly #descriptions = new Map<InternedId, Description>();
  readonly #processNames = new Map<string, string>();
  readonly #tracks = new Map<InternedId, Track>();

  constructor(private readonly builder: TraceBuilder) {}

  describe(bytes: Uint8Array, start: number, end: number): void {
    const track = new WireCursor().open(bytes, start, end);
    let id: InternedId = 0;
    const description = emptyDescription();
    while (track.next()) {
      if (track.field === TRACK.id) {
        id = track.integer();
      } else {
        this.#readField(track, description);
      }
    }
    const known = this.#descriptions.get(id);
    if (known !== undefined || this.#descriptions.size < MAX_TRACKS) {
      this.#descriptions.set(id, description);
    }
    const placed = this.#tracks.get(id);
    if (placed !== undefined && description.name !== '') {
      this.builder.names.threads.set(placed.place, description.name);
    }
  }

  get(id: InternedId): Track {
    let track = this.#tracks.get(id);
    if (track === undefined) {
      const isOne = this.#tracks.size < MAX_TRACKS || id === OTHERS;
      if (!isOne) {
        return this.get(OTHERS);
      }
      track = this.#place(id);
      this.#tracks.set(id, track);
    }
    return track;
  }

  /** The lane of a kind at a track; of a stream with its device. */
  lane({ place, kind, name }: Track, wanted: LaneKindIndex | null, fromDevice: string): number {
    const { lanes } = this.builder;
    const lane = lanes.lane(place, wanted ?? kind);
    if (wanted === STREAM) {
      const digits = OF_HOST.test(name) ? /(\d{1,6})\D*$/.exec(fromDevice) : DEVICE.exec(name);
      lanes.drafts[lane].device ??= digits === null ? null : Number(digits[1]);
    }
    return lane;
  }

  /** To be called when all is read: processes are named where there are several. */
  finish(): boolean {
    const { labels, names } = this.builder;
    for (const [process, name] of this.#processNames) {
      names.processes.set(labels.internText(process), name);
    }
    return this.#processNames.size > 1;
  }

  #place(id: InternedId): Track {
    const { name, thread, multiplier, isIncremental } =
      this.#descriptions.get(id) ?? emptyDescription();
    const { labels, lanes, names } = this.builder;
    const ownThread = thread ?? NAMED_THREAD.exec(name)?.[1] ?? null;
    const place = lanes.place(
      labels.internText(this.#processOf(id)),
      labels.internText(ownThread ?? (id === OTHERS ? 'other tracks' : `track ${id}`)),
    );
    if (name !== '') {
      names.threads.set(place, name);
    }
    return {
      place,
      kind: ownThread === null ? LOGICAL : THREAD,
      name: name === '' ? `counter ${id}` : name,
      multiplier,
      isIncremental,
    };
  }

  #processOf(id: InternedId): string {
    let at: InternedId | null = id;
    for (let i = 0; at !== null && i < MAX_PARENTS; i++) {
      const description: Description | undefined = this.#descriptions.get(at);
      if (description?.process !== null && description?.process !== undefined) {
        return description.process;
      }
      at = description?.parent ?? null;
    }
    return '';
  }

  #readField(track: WireCursor, description: Description): void {
    switch (track.field) {
      case TRACK.name:
      case TRACK.staticName:
        description.name = track.text();
        break;
      case TRACK.parent:
        description.parent = track.integer();
        break;
      case TRACK.process:
        this.#readProcess(track, description);
        break;
      case TRACK.thread:
        this.#readThread(track, description);
        break;
      case TRACK.counter:
        this.#readCounter(track, description);
        break;
    }
  }

  #readProcess({ bytes, start, end }: WireCursor, description: Description): void {
    const field = new WireCursor().open(bytes, start, end);
    let name = '';
    while (field.next()) {
      if (field.field === PROCESS.id) {
        description.process = String(field.number());
      } else if (field.field === PROCESS.name) {
        name = field.text();
      }
    }
    const { process } = description;
    if (process !== null && this.#processNames.size < MAX_TRACKS) {
      this.#processNames.set(
        process,
        name || this.#processNames.get(process) || `process ${process}`,
      );
      description.name ||= name;
    }
  }

  #readThread({ bytes, start, end }: WireCursor, description: Description): void {
    const field = new WireCursor().open(bytes, start, end);
    while (field.next()) {
      switch (field.field) {
        case THREAD_FIELDS.process:
          description.process = String(field.number());
          break;
        case THREAD_FIELDS.id:
          description.thread = String(field.number());
          break;
        case THREAD_FIELDS.name:
          description.name = field.text();
          break;
      }
    }
  }

  #readCounter({ bytes, start, end }: WireCursor, description: Description): void {
    const field = new WireCursor().open(bytes, start, end);
    while (field.next()) {
      if (field.field === COUNTER.multiplier) {
        description.multiplier = field.number();
      } else if (field.field === COUNTER.isIncremental) {
        description.isIncremental = field.number() !== 0;
      }
    }
  }
}

function emptyDescription(): Description {
  return {
    name: '',
    process: null,
    thread: null,
    parent: null,
    multiplier: 1,
    isIncremental: false,
  };
}

/** The track of all that are too many. */
const OTHERS = Infinity;
