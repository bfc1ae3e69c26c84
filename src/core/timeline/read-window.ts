import type { Analysis } from '../model/tables.ts';
import { RANK_TRACK, type WindowRectangles, type WindowRequest } from '../model/timeline.ts';
import type { LaneIndex } from '../model/units.ts';
import { type AnalyzedRank, findRank } from './analyzed-rank.ts';
import { depthRows } from './depth-rows.ts';
import { findPhaseOwner, NO_ITEM } from './phase-owner.ts';
import { forEachPixelGroup, longestOf, type PixelWindow, type Sequence } from './pixel-groups.ts';
import { hasDevice, rankTrack } from './rank-tracks.ts';
import { RectangleWriter } from './rectangle-writer.ts';
import {
  GAP_KIND,
  longestKindOf,
  MERGED_KIND,
  PHASE_KIND,
  SPAN_KIND,
  type Track,
} from './track.ts';

/** Levels of nesting that are drawn; deeper ones would be a picture nobody can read. */
export const MAX_DEPTH = 128;

/** The rectangles of the rows asked for; at most two a pixel for each row and depth. */
export function readWindow(
  analysis: Analysis,
  request: WindowRequest,
): { rectangles: WindowRectangles; names: string[] } {
  const writer = new RectangleWriter();
  request.rows.forEach(({ rank, lane }, row) => {
    const found = findRank(analysis, rank);
    if (found === undefined) {
      return;
    }
    const window = rankWindow(request, found);
    if (lane === RANK_TRACK) {
      writeTrack(writer, found, row, window);
    } else if (lane >= 0 && lane < found.trace.lanes.length) {
      writeLane(writer, found, { row, lane }, window);
    }
  });
  return writer.finish();
}

function rankWindow(request: WindowRequest, { tables }: AnalyzedRank): PixelWindow {
  return {
    startNs: request.startNs - tables.offsetNs,
    endNs: request.endNs - tables.offsetNs,
    pixelNs: Math.max(0, request.endNs - request.startNs) / Math.max(1, request.widthPx),
  };
}

function writeTrack(
  writer: RectangleWriter,
  rank: AnalyzedRank,
  row: number,
  window: PixelWindow,
): void {
  const track = rankTrack(rank);
  const sequence = sequenceOf(track);
  const { spans, strings } = rank.trace;
  const { offsetNs } = rank.tables;
  forEachPixelGroup(sequence, window, (first, last) => {
    const i = longestKindOf(track, sequence, first, last);
    const item = track.kind[i] === PHASE_KIND ? ownerOf(rank, track, i) : track.item[i];
    writer.add({
      row,
      depth: 0,
      start: track.start[first] + offsetNs,
      end: track.end[last] + offsetNs,
      kind: track.kind[i],
      phase: track.phase[i],
      category: track.category[i],
      item,
      name: track.kind[i] === GAP_KIND || item === NO_ITEM ? '' : strings[spans.name[item]],
    });
  });
}

function ownerOf(rank: AnalyzedRank, track: Track, i: number): number {
  return findPhaseOwner(rank, hasDevice(rank) ? 'device' : 'host', track.start[i], track.phase[i]);
}

function sequenceOf({ length, start, end }: Track): Sequence {
  return { length, startOf: (i) => start[i], endOf: (i) => end[i] };
}

function writeLane(
  writer: RectangleWriter,
  rank: AnalyzedRank,
  { row, lane }: { row: number; lane: LaneIndex },
  window: PixelWindow,
): void {
  const { spans, strings } = rank.trace;
  const { offsetNs } = rank.tables;
  const phases = rank.tables.inheritedPhases;
  const rows = depthRows(rank, lane);
  for (let depth = 0; depth < Math.min(rows.depthCount, MAX_DEPTH); depth++) {
    const at = rows.spansAt(depth);
    const sequence: Sequence = {
      length: at.length,
      startOf: (i) => spans.start[at[i]],
      endOf: (i) => spans.start[at[i]] + spans.duration[at[i]],
    };
    forEachPixelGroup(sequence, window, (first, last) => {
      const span = at[first === last ? first : longestOf(sequence, first, last)];
      writer.add({
        row,
        depth,
        start: sequence.startOf(first) + offsetNs,
        end: sequence.endOf(last) + offsetNs,
        kind: first === last ? SPAN_KIND : MERGED_KIND,
        phase: phases[span],
        category: spans.category[span],
        item: first === last ? span : last - first + 1,
        name: first === last ? strings[spans.name[span]] : '',
      });
    });
  }
}
