import type { LogPart } from './log-dialect.ts';

/** A part of a step, nanoseconds. */
export interface PlacedPart {
  readonly part: LogPart;
  readonly start: number;
  readonly duration: number;
  /** Whether it is shorter than told, so as to end with what it lies in. */
  readonly isClipped: boolean;
}

interface Room {
  next: number;
  readonly end: number;
}

/** What rounding makes of times that are told in hundredths of milliseconds. */
const ROUNDING_NS = 1e5;

/**
 * Parts laid one after another from the beginning of what they lie in, in their order: a log tells how long they take
 * and not when.
 */
export function layOutParts(
  parts: readonly LogPart[],
  start: number,
  duration: number,
): PlacedPart[] {
  const step: Room = { next: start, end: start + duration };
  const rooms = new Map<string, Room>();
  const outerFirst = [...parts].sort((a, b) => depthOf(a, parts) - depthOf(b, parts));
  return outerFirst.flatMap((part): PlacedPart[] => {
    const room = rooms.get(part.inside ?? '') ?? step;
    const from = room.next;
    const told = Math.round(part.ms * 1e6);
    const length = Math.min(told, room.end - from);
    room.next += length;
    rooms.set(part.name, { next: from, end: from + length });
    const isClipped = told - length > ROUNDING_NS;
    return length > 0 || isClipped ? [{ part, start: from, duration: length, isClipped }] : [];
  });
}

/** In how many others a part lies; they are few, and a circle ends. */
function depthOf(part: LogPart, parts: readonly LogPart[]): number {
  let depth = 0;
  let outer = part.inside;
  while (outer !== undefined && depth < parts.length) {
    const name: string = outer;
    depth++;
    outer = parts.find((one) => one.name === name)?.inside;
  }
  return depth;
}
