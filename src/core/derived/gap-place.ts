import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Gaps, Nesting } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { findInnermost, type SourceOf } from './sources.ts';

/** So many moments, evenly spread over the time in gaps, tell the place as well as all would. */
const MAX_PLACES = 256;

interface Tables {
  readonly gaps: Gaps;
  readonly nesting: Nesting;
  readonly mainLane: LaneIndex;
  readonly sourceOf: SourceOf;
}

/**
 * Where the host is in the middle of gaps that end with a launch: the place that holds most of their time.
 * `rows` are gaps whose culprit is that launch. The autograd thread has no functions of the user:
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
  for (const { gap, time } of sampled(gaps, telling)) {
    const launch = gaps.culprit[gap];
    const until = Math.min(trace.spans.start[launch], gaps.end[gap]);
    const middle = (gaps.start[gap] + until) / 2;
    const during = findInnermost(trace, nesting, trace.spans.lane[launch], middle);
    const place = sourceOf(during >= 0 ? during : launch);
    const [first] = place.locations;
    const key =
      place.locations.length > 0 ? `${first.file}:${first.line}` : place.annotations.join();
    const known = byPlace.get(key) ?? { time: 0, place };
    known.time += time;
    byPlace.set(key, known);
  }
  byPlace.delete('');
  const best = [...byPlace.values()].sort((a, b) => b.time - a.time).at(0);
  return best?.place ?? { locations: [], annotations: [] };
}

/** Gaps with the time that each stands for: of many, those at moments that are evenly spread over the time in all. */
function sampled(
  gaps: Gaps,
  rows: readonly number[],
): readonly { readonly gap: number; readonly time: number }[] {
  const all = rows.map((gap) => ({ gap, time: gaps.end[gap] - gaps.start[gap] }));
  if (all.length <= MAX_PLACES) {
    return all;
  }
  const part = all.reduce((sum, { time }) => sum + time, 0) / MAX_PLACES;
  let passed = part / 2;
  return all.flatMap(({ gap, time }) => {
    const before = Math.floor(passed / part);
    passed += time;
    const times = Math.floor(passed / part) - before;
    return times === 0 ? [] : [{ gap, time: times * part }];
  });
}
