import {
  RANK_TRACK,
  RECTANGLE_KINDS,
  type SelectionDetails,
} from '../../src/core/model/timeline.ts';
import type { Arrival } from '../details/collective.ts';
import { findOnLane } from './hit-test.ts';
import type { ShiftOf } from './alignment.ts';
import type { Boxes, Viewport } from './layout.ts';
import { FLOW_RELATIONS } from './partners.ts';
import { boxInSight, findTrack, rankTrackOf, type Track, type TrackList } from './tracks.ts';
import type { WindowData } from './window-data.ts';

/** From the end of what causes to the beginning of what is caused, in CSS pixels of the canvas. */
export interface FlowArrow {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** From rank to rank, at one moment. */
  readonly isAcross: boolean;
}

type Bounds = ArrayLike<number>;

const SPAN = RECTANGLE_KINDS.indexOf('span');

/** What is drawn, and where. */
export interface FlowView {
  readonly data: WindowData;
  readonly boxes: Boxes;
  readonly list: TrackList;
  readonly viewport: Viewport;
  readonly shiftOf: ShiftOf;
}

/** The arrows between the selection and what it belongs to, where both are in view. */
export function layOutFlows(view: FlowView, details: SelectionDetails): readonly FlowArrow[] {
  const own = boxOf(view, details.selection);
  const flows = details.related.flatMap((related): FlowArrow[] => {
    const { relation, selection: other } = related;
    const isJoined = other !== null && FLOW_RELATIONS.includes(relation);
    const track = isJoined ? findTrack(view.list, { ...other, lane: related.lane }) : undefined;
    const box = track === undefined ? null : spotOf(view, track, related);
    if (own === null || box === null) {
      return [];
    }
    const isCause = relation === 'Launched by' || relation === 'Forward';
    const [cause, effect] = isCause ? [box, own] : [own, box];
    return [
      {
        from: [cause[0] + cause[2], cause[1] + cause[3] / 2],
        to: [effect[0], effect[1] + effect[3] / 2],
        isAcross: false,
      },
    ];
  });
  return [...flows, ...layOutCollective(view, details)];
}

/**
 * From the rank that came last, when it came, to all others, which waited for it until then. Where they are not
 * shown at the same time, from begin to begin.
 */
function layOutCollective(view: FlowView, { collective }: SelectionDetails): readonly FlowArrow[] {
  const last = collective?.arrivals.at(-1);
  if (collective === null || !collective.isComparable || last === undefined) {
    return [];
  }
  const boxByRank = boxesOfArrivals(view, collective.arrivals);
  const pointAt = (arrival: Arrival, startNs: number): readonly [number, number] | null => {
    const track = rankTrackOf(view.list, arrival.rank);
    const moment = { startNs, durationNs: 0, depth: 0 };
    const spot = track === undefined ? null : spotOf(view, track, moment);
    const box = boxByRank.get(arrival.rank) ?? spot;
    return spot === null || box === null ? null : [spot[0], box[1] + box[3] / 2];
  };
  const from = pointAt(last, last.startNs);
  return collective.arrivals.slice(0, -1).flatMap((arrival): FlowArrow[] => {
    const isSameTime = view.shiftOf(arrival.rank) === view.shiftOf(last.rank);
    const end = arrival.startNs + arrival.durationNs;
    const to = pointAt(arrival, isSameTime ? Math.min(last.startNs, end) : arrival.startNs);
    return from === null || to === null ? [] : [{ from, to, isAcross: true }];
  });
}

/** By rank, where it is drawn on a lane by itself. */
function boxesOfArrivals(
  { data, boxes }: FlowView,
  arrivals: readonly Arrival[],
): ReadonlyMap<number, Bounds> {
  const spanByRank = new Map(arrivals.map(({ rank, span }) => [rank, span]));
  const found = new Map<number, Bounds>();
  const { rectangles, request } = data;
  for (let i = 0; i < boxes.length; i++) {
    const at = boxes.index[i];
    const { rank, lane } = request.rows[rectangles.row[at]];
    const isSpan = rectangles.kind[at] === SPAN && lane !== RANK_TRACK;
    if (isSpan && rectangles.item[at] === spanByRank.get(rank)) {
      found.set(rank, boxes.bounds.subarray(i * 4, i * 4 + 4));
    }
  }
  return found;
}

/** Where a span is drawn, by itself or merged with others; null beside the view. */
function spotOf(
  { list, viewport, shiftOf }: FlowView,
  track: Track,
  { startNs, durationNs, depth }: { startNs: number; durationNs: number; depth: number },
): Bounds | null {
  const { range, width, scrollTop } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const x = (startNs - shiftOf(track.rank) - range.startNs) * pixelsPerNs;
  const length = durationNs * pixelsPerNs;
  const level = Math.min(depth, track.levels - 1);
  const box = boxInSight(track, list.stuckHeight, scrollTop, {
    top: level * track.levelHeight,
    height: track.levelHeight - 1,
  });
  return x + length < 0 || x > width || box === null ? null : [x, box.y, length, box.height];
}

function boxOf({ data, boxes }: FlowView, of: SelectionDetails['selection']): Bounds | null {
  const rectangle = findOnLane(data, of);
  const at = rectangle < 0 ? -1 : boxes.index.subarray(0, boxes.length).indexOf(rectangle);
  return at < 0 ? null : boxes.bounds.subarray(at * 4, at * 4 + 4);
}

const HEAD_PX = 6;

/** A curve with a head; straight from rank to rank. */
export function paintFlow(pen: CanvasRenderingContext2D, { from, to, isAcross }: FlowArrow): void {
  pen.beginPath();
  pen.moveTo(...from);
  if (isAcross) {
    pen.lineTo(...to);
  } else {
    const bend = Math.max(12, Math.abs(to[0] - from[0]) / 2);
    pen.bezierCurveTo(from[0] + bend, from[1], to[0] - bend, to[1], ...to);
  }
  pen.stroke();
  const angle = isAcross ? Math.atan2(to[1] - from[1], to[0] - from[0]) : 0;
  pen.beginPath();
  pen.moveTo(...to);
  for (const side of [-0.6, 0.6]) {
    pen.lineTo(
      to[0] - HEAD_PX * 1.2 * Math.cos(angle + side),
      to[1] - HEAD_PX * 1.2 * Math.sin(angle + side),
    );
  }
  pen.fill();
}
