import { median, medianAbsoluteDeviation } from './statistics.ts';

/** Fewer repeats are no rhythm (DETECTORS.md, step-period). */
const MIN_REPEATS = 3;
/** A rhythm may miss a beat. */
const MIN_KEPT = 0.8;
/** Distances that are tried, the most frequent first. */
const MAX_CANDIDATES = 16;
/** How probable it may be that events at random make such a rhythm. */
const MAX_CHANCE = 0.05;

/** Scales the median absolute deviation to a standard deviation. */
const DEVIATION = 1.4826;
/** What is slow lies this many standard deviations above the median. */
const DEVIATIONS = 3;

/** Where values are at least `ratio` times the median, and stand out of how much they vary. */
export function slowOnes(values: ArrayLike<number>, ratio: number): number[] {
  const center = median(values);
  const deviation = DEVIATION * medianAbsoluteDeviation(values);
  const limit = Math.max(ratio * center, center + DEVIATIONS * deviation);
  return Array.from(values, (_, i) => i).filter((i) => values[i] >= limit);
}

/** Events that come back at equal distances. */
export interface Period {
  readonly every: number;
  /** The events that keep it, ascending. */
  readonly members: readonly number[];
}

/**
 * The rhythm that most of the events keep, of those at whole positions in [first, last], ascending; null where
 * none is kept from end to end, or where chance explains it.
 */
export function findPeriod(events: readonly number[], first: number, last: number): Period | null {
  const density = events.length / (last - first + 1);
  const candidates = frequentDistances(events);
  let best: Period | null = null;
  for (const every of candidates) {
    const members = largestClass(events, every);
    const places = countPlaces(members[0], every, first, last);
    const chance = chanceOf(members.length, places, density) * every * candidates.length;
    if (
      members.length >= MIN_REPEATS &&
      members.length >= MIN_KEPT * places &&
      members.length > (best?.members.length ?? 0) &&
      chance <= MAX_CHANCE
    ) {
      best = { every, members };
    }
  }
  return best;
}

/** Distances above 1 from an event to the next and to the one after it. */
function frequentDistances(events: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (let i = 1; i < events.length; i++) {
    for (const distance of [events[i] - events[i - 1], events[i] - (events[i - 2] ?? NaN)]) {
      if (distance > 1) {
        counts.set(distance, (counts.get(distance) ?? 0) + 1);
      }
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, MAX_CANDIDATES)
    .map(([distance]) => distance);
}

/** Of the events with equal remainder, the most. */
function largestClass(events: readonly number[], every: number): number[] {
  const classes = new Map<number, number[]>();
  let largest: number[] = [];
  for (const event of events) {
    const members = classes.get(event % every) ?? [];
    members.push(event);
    classes.set(event % every, members);
    largest = members.length > largest.length ? members : largest;
  }
  return largest;
}

/** How often the rhythm of an event strikes in [first, last]. */
function countPlaces(event: number, every: number, first: number, last: number): number {
  return 1 + Math.floor((event - first) / every) + Math.floor((last - event) / every);
}

/** Chernoff's bound on the probability of at least `hits` among `places` where each has an event at random. */
function chanceOf(hits: number, places: number, density: number): number {
  const share = hits / places;
  if (share <= density) {
    return 1;
  }
  const missed = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - density)) : 0;
  return Math.exp(-places * (share * Math.log(share / density) + missed));
}
