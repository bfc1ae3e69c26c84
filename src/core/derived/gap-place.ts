import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Gaps, Nesting } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { findInnermost, type SourceOf } from './sources.ts';

/** The longest gaps tell the place as well as all would. */
const MAX_PLACES = 256;

interface Tables {
  readonly gaps: Gaps;
  readonly nesting: Nesting;
  readonly mainLane: LaneIndex;
  readonly sourceOf: SourceOf;
}

/**
 * Where the host is in the middle of gaps that end with a launch: the place that holds most of their time.
 * `rows` are gaps whose culprit is that launch, the longest first. The autograd thread has no functions of the user:
 * gaps of the training loop's own launches tell, if there are any.
 */
export function placeDuringGaps(
  trace: Trace,
  { gaps, nesting, mainLane, sourceOf }: Tables,
  rows: readonly number[],
): SourceCandidates {
  const byPlace = new Map<string, { time: number; place: SourceCandidates }>();
  const isMain = (gap: number): boolean => trace.spans.lane[gaps.culprit[gap]] === mainLane;
  const telling = rows.some(isMain) ? rows.filter(isMain) : rows;
  for (const gap of telling.slice(0, MAX_PLACES)) {
    const launch = gaps.culprit[gap];
    const until = Math.min(trace.spans.start[launch], gaps.end[gap]);
    const middle = (gaps.start[gap] + until) / 2;
    const during = findInnermost(trace, nesting, trace.spans.lane[launch], middle);
    const place = sourceOf(during >= 0 ? during : launch);
    const [first] = place.locations;
    const key =
      place.locations.length > 0 ? `${first.file}:${first.line}` : place.annotations.join();
    const known = byPlace.get(key) ?? { time: 0, place };
    known.time += gaps.end[gap] - gaps.start[gap];
    byPlace.set(key, known);
  }
  byPlace.delete('');
  const best = [...byPlace.values()].sort((a, b) => b.time - a.time).at(0);
  return best?.place ?? { locations: [], annotations: [] };
}
