import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';

const MAX_CHARACTERS = 120;
const COLLECTIVE_LIBRARY = /nccl|rccl|hccl|msccl/i;
/** Of a stream's spans, spread evenly, that are looked at. */
const LOOKED_AT = 32;

/** The library whose collectives are most of what a stream runs, to be said beside its number. */
function libraryOf({ lanes, spans, strings }: Trace, lane: LaneIndex): string {
  const { first, count } = lanes[lane];
  const seen = Math.min(count, LOOKED_AT);
  const libraries = Array.from({ length: seen }, (_, i) => {
    const name = strings[spans.name[first + Math.floor((i * count) / seen)]];
    return COLLECTIVE_LIBRARY.exec(name)?.[0].toLowerCase();
  }).filter((library) => library !== undefined);
  return libraries.length * 2 > seen ? ` · ${libraries[0]}` : '';
}

/** The name of a lane as people see it. */
export function laneLabel(trace: Trace, lane: LaneIndex): string {
  const { name, kind } = trace.lanes[lane];
  return `${name.slice(0, MAX_CHARACTERS)}${kind === 'stream' ? libraryOf(trace, lane) : ''}`;
}
