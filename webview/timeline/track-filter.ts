import type { TimelineRank } from '../../src/core/model/timeline.ts';

/** What the user wrote, taken apart: all of it must hold. */
export interface TrackFilter {
  /** Null where any rank will do. */
  readonly ranks: readonly (readonly [first: number, last: number])[] | null;
  /** In lower case. */
  readonly words: readonly string[];
}

export const MAX_FILTER_CHARACTERS = 200;

const RANKS = /\branks?\s*:?\s*(\d+(?:\s*-\s*\d+)?(?:\s*,\s*\d+(?:\s*-\s*\d+)?)*)/gi;

/** `rank 3`, `ranks 0-7, 12`, and parts of names: `stream 7`, `main`; null where nothing is written. */
export function parseTrackFilter(text: string): TrackFilter | null {
  const ranges: [number, number][] = [];
  const rest = text.slice(0, MAX_FILTER_CHARACTERS).replace(RANKS, (_, list: string) => {
    for (const part of list.split(',')) {
      const [first, last = first] = part.split('-').map(Number);
      ranges.push([first, last]);
    }
    return ' ';
  });
  const words = rest.toLowerCase().split(/\s+/).filter(Boolean);
  return ranges.length === 0 && words.length === 0
    ? null
    : { ranks: ranges.length === 0 ? null : ranges, words };
}

export function matchesRankNumber({ ranks }: TrackFilter, rank: number): boolean {
  return ranks?.some(([first, last]) => rank >= first && rank <= last) ?? true;
}

/** Whether the summary of a rank is meant by itself: by its number or its device. */
export function matchesRank(filter: TrackFilter, { rank, deviceName }: TimelineRank): boolean {
  return (
    matchesRankNumber(filter, rank) && holdsAll(`rank ${rank} ${deviceName ?? ''}`, filter.words)
  );
}

const KIND_WORDS = {
  thread: 'thread',
  stream: 'stream',
  'device-annotations': 'annotations',
  logical: 'logical',
  counter: 'counter',
} as const;

interface Named {
  readonly name: string;
  readonly kind: keyof typeof KIND_WORDS;
  readonly isMain: boolean;
}

/** Whether one of its lanes is, in a rank that may be. */
export function matchesLane({ words }: TrackFilter, { name, kind, isMain }: Named): boolean {
  return holdsAll(`${name} ${KIND_WORDS[kind]}${isMain ? ' main' : ''}`, words);
}

function holdsAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}
