import type { StringTable } from '../../../base/string-table.ts';
import type { LaneKind } from '../../model/trace.ts';

export const LANE_KINDS: readonly LaneKind[] = [
  'thread',
  'logical',
  'device-annotations',
  'stream',
];

export type LaneKindIndex = 0 | 1 | 2 | 3;

export const THREAD = 0;
export const LOGICAL = 1;
export const DEVICE_ANNOTATIONS = 2;
export const STREAM = 3;

/** More lanes than this cannot be looked at: the rest shares one. */
export const MAX_LANES = 65_536;

const KIND_COUNT = LANE_KINDS.length;

/** A lane that is being filled; `place` is a pair of process and thread, which lanes of several kinds can share. */
export interface LaneDraft {
  readonly kind: LaneKindIndex;
  readonly place: number;
  device: number | null;
}

/** The lanes of a trace, by process, thread and kind. Ids of processes and threads are rows of `labels`. */
export class LaneTable {
  readonly drafts: LaneDraft[] = [];
  readonly processOf: number[] = [];
  readonly threadOf: number[] = [];
  readonly #placeByKey = new Map<number, number>();
  readonly #laneByPlaceAndKind = new Map<number, number>();
  #lastProcess = -1;
  #lastThread = -1;
  #lastPlace = -1;
  #lastLaneKey = -1;
  #lastLane = -1;

  constructor(readonly labels: StringTable) {}

  place(process: number, thread: number): number {
    if (process === this.#lastProcess && thread === this.#lastThread) {
      return this.#lastPlace;
    }
    const key = process * 0x2000000 + thread;
    let place = this.#placeByKey.get(key);
    if (place === undefined) {
      place = this.#addPlace(process, thread, key);
    }
    this.#lastProcess = process;
    this.#lastThread = thread;
    this.#lastPlace = place;
    return place;
  }

  has(place: number, kind: LaneKindIndex): boolean {
    return this.#laneByPlaceAndKind.has(place * KIND_COUNT + kind);
  }

  lane(place: number, kind: LaneKindIndex): number {
    const key = place * KIND_COUNT + kind;
    if (key !== this.#lastLaneKey) {
      this.#lastLane = this.#findLane(place, kind, key);
      this.#lastLaneKey = key;
    }
    return this.#lastLane;
  }

  #findLane(place: number, kind: LaneKindIndex, key: number): number {
    let lane = this.#laneByPlaceAndKind.get(key);
    if (lane === undefined) {
      lane = this.drafts.length;
      this.drafts.push({ kind, place, device: null });
      this.#laneByPlaceAndKind.set(key, lane);
    }
    return lane;
  }

  /** The lane that an arrow or a moment at this place belongs to: a stream's before a thread's. */
  laneAt(place: number): number {
    for (const kind of [STREAM, THREAD, LOGICAL, DEVICE_ANNOTATIONS]) {
      const lane = this.#laneByPlaceAndKind.get(place * KIND_COUNT + kind);
      if (lane !== undefined) {
        return lane;
      }
    }
    return this.lane(place, THREAD);
  }

  #addPlace(process: number, thread: number, key: number): number {
    const place = Math.min(this.processOf.length, MAX_LANES);
    if (place === this.processOf.length) {
      this.processOf.push(place < MAX_LANES ? process : this.labels.internText('other processes'));
      this.threadOf.push(place < MAX_LANES ? thread : this.labels.internText('other threads'));
    }
    if (place < MAX_LANES) {
      this.#placeByKey.set(key, place);
    }
    return place;
  }
}
