import { RECTANGLE_KINDS } from '../model/timeline.ts';
import type { Nanoseconds } from '../model/units.ts';
import { longestOf, type Sequence } from './pixel-groups.ts';

export const PHASE_KIND = RECTANGLE_KINDS.indexOf('phase');
export const GAP_KIND = RECTANGLE_KINDS.indexOf('gap');
export const SPAN_KIND = RECTANGLE_KINDS.indexOf('span');
export const MERGED_KIND = RECTANGLE_KINDS.indexOf('merged');

/** Disjoint pieces in time order: what one row of the timeline shows. Rank time. */
export interface Track {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Index into `RECTANGLE_KINDS`. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Index into `PHASES`. */
  readonly phase: Uint8Array<ArrayBuffer>;
  /** Index into `SPAN_CATEGORIES`, for gaps into `GAP_CAUSES`. */
  readonly category: Uint8Array<ArrayBuffer>;
  /** The span or the gap; meaningless for phases, whose span is looked up when it is asked for. */
  readonly item: Uint32Array<ArrayBuffer>;
}

export interface TrackPiece {
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
  readonly kind: number;
  readonly phase: number;
  readonly category: number;
  readonly item: number;
}

/** Takes pieces in time order; joins a phase to the one before where they touch. */
export class TrackBuilder {
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #kind: number[] = [];
  readonly #phase: number[] = [];
  readonly #category: number[] = [];
  readonly #item: number[] = [];

  add(piece: TrackPiece): void {
    const last = this.#start.length - 1;
    if (
      piece.kind === PHASE_KIND &&
      last >= 0 &&
      this.#kind[last] === PHASE_KIND &&
      this.#phase[last] === piece.phase &&
      this.#end[last] === piece.start
    ) {
      this.#end[last] = piece.end;
      return;
    }
    this.#start.push(piece.start);
    this.#end.push(piece.end);
    this.#kind.push(piece.kind);
    this.#phase.push(piece.phase);
    this.#category.push(piece.category);
    this.#item.push(piece.item);
  }

  finish(): Track {
    return {
      length: this.#start.length,
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
      kind: Uint8Array.from(this.#kind),
      phase: Uint8Array.from(this.#phase),
      category: Uint8Array.from(this.#category),
      item: Uint32Array.from(this.#item),
    };
  }
}

export function pieceAt(track: Track, i: number): TrackPiece {
  return {
    start: track.start[i],
    end: track.end[i],
    kind: track.kind[i],
    phase: track.phase[i],
    category: track.category[i],
    item: track.item[i],
  };
}

/** `base` whole, and of `other` what falls where `base` has nothing. */
export function fillHoles(base: Track, other: Track): Track {
  const builder = new TrackBuilder();
  let next = 0;
  let filledTo = -Infinity;
  for (let i = 0; i <= base.length; i++) {
    const holeEnd = i < base.length ? base.start[i] : Infinity;
    while (next < other.length && other.start[next] < holeEnd) {
      const start = Math.max(other.start[next], filledTo);
      const end = Math.min(other.end[next], holeEnd);
      if (end > start) {
        builder.add({ ...pieceAt(other, next), start, end });
      }
      if (other.end[next] > holeEnd) {
        break;
      }
      next++;
    }
    if (i < base.length) {
      builder.add(pieceAt(base, i));
      filledTo = base.end[i];
    }
  }
  return builder.finish();
}

/** Groups of more pieces than this are judged by a sample. */
const MAX_SUMMED_PIECES = 256;
const KEYS = 1 << 10;

/** Finds of the rows [first, last] the longest piece of the phase or cause that takes most time in all. */
export function kindFinder(
  { kind, phase, category }: Track,
  sequence: Sequence,
): (first: number, last: number) => number {
  const timeByKey = new Float64Array(KEYS);
  const keyOf = (i: number) =>
    (kind[i] === GAP_KIND ? 512 + category[i] : kind[i] * 128 + phase[i]) % KEYS;
  const timeOf = (i: number) => sequence.endOf(i) - sequence.startOf(i);
  return (first, last) => {
    if (first === last || last - first >= MAX_SUMMED_PIECES) {
      return longestOf(sequence, first, last);
    }
    for (let i = first; i <= last; i++) {
      timeByKey[keyOf(i)] += timeOf(i);
    }
    let best = first;
    for (let i = first + 1; i <= last; i++) {
      const more = timeByKey[keyOf(i)] - timeByKey[keyOf(best)];
      const isSameKind = keyOf(i) === keyOf(best);
      if (isSameKind ? timeOf(i) > timeOf(best) : more > 0) {
        best = i;
      }
    }
    for (let i = first; i <= last; i++) {
      timeByKey[keyOf(i)] = 0;
    }
    return best;
  };
}
