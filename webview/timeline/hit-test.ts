import type { Evidence } from '../../src/core/model/report.ts';
import type { Selection } from '../../src/core/model/timeline.ts';
import { isSameSelection } from '../store.ts';
import type { Boxes } from './layout.ts';
import { rectangleFacts, type WindowData } from './window-data.ts';

/** A thin box is hit this far beside it. */
const REACH_PX = 2;
/** Evidence is recognised in a rectangle that shares this much of both their time. */
const MIN_OVERLAP = 0.3;

/** The rectangle under a point, the nearest first; -1 is none. */
export function hitTest({ length, bounds, index }: Boxes, x: number, y: number): number {
  let best = -1;
  let bestDistance = REACH_PX;
  for (let i = 0; i < length; i++) {
    const left = bounds[i * 4];
    const top = bounds[i * 4 + 1];
    if (y < top || y > top + bounds[i * 4 + 3]) {
      continue;
    }
    const distance = Math.max(left - x, x - left - bounds[i * 4 + 2], 0);
    if (distance < bestDistance || (best < 0 && distance === bestDistance)) {
      best = index[i];
      bestDistance = distance;
    }
  }
  return best;
}

/** The same on a lane where its rank is open, else on the summary of the rank, which comes first. */
export function findOnLane(data: WindowData, selection: Selection): number {
  const { item, length } = data.rectangles;
  for (let i = length - 1; i >= 0; i--) {
    const isNumber = item[i] === selection.index;
    if (isNumber && isSameSelection(rectangleFacts(data, i).selection, selection)) {
      return i;
    }
  }
  return -1;
}

export function findSelected(data: WindowData, selection: Selection): number {
  const { item, length } = data.rectangles;
  for (let i = 0; i < length; i++) {
    const isNumber = item[i] === selection.index;
    if (isNumber && isSameSelection(rectangleFacts(data, i).selection, selection)) {
      return i;
    }
  }
  return -1;
}

/** What a finding points at: the rectangle of its rank that shares most time with it; -1 is none. */
export function findEvidence(data: WindowData, evidence: Evidence): number {
  let best = -1;
  let bestScore = MIN_OVERLAP;
  for (let i = 0; i < data.rectangles.length; i++) {
    const facts = rectangleFacts(data, i);
    if (facts.rank !== evidence.rank || facts.selection === null) {
      continue;
    }
    const start = evidence.startNs - facts.shiftNs;
    const end = start + evidence.durationNs;
    const shared = Math.min(facts.endNs, end) - Math.max(facts.startNs, start);
    const either = Math.max(facts.endNs, end) - Math.min(facts.startNs, start);
    const score = shared / either + (facts.name === evidence.name ? 1 : 0);
    if (shared > 0 && score > bestScore) {
      best = i;
      bestScore = score;
    }
  }
  return best;
}

/** The rectangle before or after one on its row and level; itself at the end of the row. */
export function neighbourOf({ rectangles }: WindowData, i: number, step: 1 | -1): number {
  const next = i + step;
  const isOnRow =
    next >= 0 &&
    next < rectangles.length &&
    rectangles.row[next] === rectangles.row[i] &&
    rectangles.depth[next] === rectangles.depth[i];
  return isOnRow ? next : i;
}

/** The rectangle one level or row further that is nearest in time; itself at the edge. */
export function verticalNeighbourOf({ rectangles }: WindowData, i: number, step: 1 | -1): number {
  const levelOf = (at: number) => rectangles.row[at] * 65_536 + rectangles.depth[at];
  const middle = (rectangles.start[i] + rectangles.end[i]) / 2;
  const distance = (at: number) =>
    Math.max(rectangles.start[at] - middle, middle - rectangles.end[at], 0);
  let best = i;
  for (let at = 0; at < rectangles.length; at++) {
    const isFurther = Math.sign(levelOf(at) - levelOf(i)) === step;
    if (!isFurther) {
      continue;
    }
    const isNearerLevel = best === i || (levelOf(at) - levelOf(best)) * step < 0;
    const isSameLevel = best !== i && levelOf(at) === levelOf(best);
    if (isNearerLevel || (isSameLevel && distance(at) < distance(best))) {
      best = at;
    }
  }
  return best;
}
