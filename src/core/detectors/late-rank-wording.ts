import type { RankLateness } from '../derived/lateness.ts';
import { countOf, formatPercent, formatTime, shortKernelName } from '../derived/wording.ts';
import type { CollectiveMatch } from '../model/collective-match.ts';
import type { NeededRank } from './detector.ts';
import type { Cause } from './late-rank-cause.ts';
import type { Suspect } from './late-rank-losses.ts';

interface Meeting {
  readonly rank: Pick<NeededRank<never>, 'rank' | 'row' | 'trace'>;
  /** Collectives that the ranks share. */
  readonly matches: readonly CollectiveMatch[];
}

export interface Weight extends Suspect {
  readonly chronic: boolean;
  readonly cause: Cause | null;
}

/** Why a rank is said to make the others wait: how often, what it costs, what holds it up, and where it is seen best. */
export function explainLateRank(
  meeting: Meeting,
  { late, lostNsPerStep, percent, chronic, cause, isClear }: Weight,
): string {
  const often =
    chronic && late.lostByStep.size > 1
      ? 'in most steps'
      : `in ${countOf(late.lostByStep.size, 'step')}`;
  const because =
    cause === null
      ? 'What holds it up, the trace does not show clearly.'
      : `The cause: ${cause.name}.`;
  const doubt = isClear ? '' : ' The ranks arrive so far apart that it does not stand out.';
  return `Rank ${meeting.rank.rank} comes last to ${countOf(late.lastIn.length, 'shared collective')}, ${often}; the others lose ${formatTime(lostNsPerStep)} a step, ${formatPercent(percent)} of it. ${sayWhere(meeting, late)} ${because}${doubt}`;
}

/** The collective at which it costs most and, of several ranks, the one at which they are furthest apart. */
function sayWhere(meeting: Meeting, { lastIn }: RankLateness): string {
  const { row } = meeting.rank;
  const [costliest] = lastIn;
  const { match } = costliest;
  const behindNext = formatTime(
    match.start[row] - othersAt(match, row).reduce((a, b) => Math.max(a, b), -Infinity),
  );
  if (othersAt(match, row).length === 1) {
    return `It costs most at ${placeOf(meeting, match)}, ${behindNext} after the other rank.`;
  }
  const spreadOf = ({ start }: CollectiveMatch) =>
    start[row] - othersAt({ start }, row).reduce((a, b) => Math.min(a, b), Infinity);
  const furthest = lastIn.reduce((most, other) =>
    spreadOf(other.match) > spreadOf(most.match) ? other : most,
  );
  const up = `It arrives up to ${formatTime(spreadOf(furthest.match))} after the first rank`;
  const next = `${behindNext} after the next-latest`;
  return furthest === costliest
    ? `${up} and ${next}, at ${placeOf(meeting, match)}.`
    : `${up}, at ${placeOf(meeting, furthest.match)}, and costs most at ${shorterPlaceOf(meeting, match, furthest.match)}, ${next}.`;
}

function othersAt({ start }: Pick<CollectiveMatch, 'start'>, row: number): Float64Array {
  return start.filter((time, other) => other !== row && !Number.isNaN(time));
}

/** A collective by its place among those of its step, for they often share a name. */
function placeOf(meeting: Meeting, match: CollectiveMatch): string {
  const name = nameOf(meeting, match);
  if (match.step === null) {
    return name;
  }
  const { place, count } = orderOf(meeting, match);
  return count === 1
    ? `the collective of step ${match.step} (${name})`
    : `collective ${place} of the ${count} in step ${match.step} (${name})`;
}

/** Says no more than what differs from a collective that was named before. */
function shorterPlaceOf(meeting: Meeting, match: CollectiveMatch, named: CollectiveMatch): string {
  const isAlike = match.step === named.step && nameOf(meeting, match) === nameOf(meeting, named);
  return isAlike && match.step !== null
    ? `collective ${orderOf(meeting, match).place}`
    : placeOf(meeting, match);
}

function nameOf({ rank: { row, trace } }: Meeting, { spans }: CollectiveMatch): string {
  return shortKernelName(trace.strings[trace.spans.name[spans[row]]]);
}

function orderOf({ rank: { row }, matches }: Meeting, match: CollectiveMatch) {
  const ofStep = matches.filter(({ step }) => step === match.step);
  const earlier = ofStep.filter(({ start }) => start[row] < match.start[row]).length;
  return { place: earlier + 1, count: ofStep.length };
}
