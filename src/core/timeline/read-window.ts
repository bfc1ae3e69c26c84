import { type RankClock, shiftClock, toRankTime, toRunTime } from '../model/rank-clock.ts';
import { RANK_TRACK, type WindowRectangles, type WindowRequest } from '../model/timeline.ts';
import type { LaneIndex } from '../model/units.ts';
import { type AnalyzedRank, type DrawnRun, findRank } from './analyzed-rank.ts';
import { bucketOf, forEachBucketGroup } from './bucket-groups.ts';
import { type DepthRow, depthRows } from './depth-rows.ts';
import { findPhaseOwner, NO_ITEM } from './phase-owner.ts';
import type { PixelWindow, Sequence } from './pixel-groups.ts';
import { hasDevice, rankTrack } from './rank-tracks.ts';
import { RectangleWriter } from './rectangle-writer.ts';
import { GAP_KIND, kindFinder, MERGED_KIND, PHASE_KIND, SPAN_KIND, type Track } from './track.ts';

/** Levels of nesting that are drawn; deeper ones would be a picture nobody can read. */
export const MAX_DEPTH = 128;

/** The rectangles of the rows asked for; at most three a pixel for each row and depth. */
export function readWindow(
  analysis: DrawnRun,
  request: WindowRequest,
): { rectangles: WindowRectangles; names: string[] } {
  const writer = new RectangleWriter();
  request.rows.forEach(({ rank, lane, shiftNs = 0 }, row) => {
    const found = findRank(analysis, rank);
    if (found === undefined) {
      return;
    }
    const clock = shiftClock(found.tables.clock, shiftNs);
    const window = rankWindow(request, clock);
    if (lane === RANK_TRACK) {
      writeTrack(writer, found, row, window);
    } else if (lane >= 0 && lane < found.trace.lanes.length) {
      writeLane(writer, found, { row, lane }, window);
    }
  });
  return writer.finish();
}

/** A window of one rank, in its time, with the clock that tells when it is shown. */
interface RankWindow extends PixelWindow {
  readonly clock: RankClock;
}

function rankWindow(request: WindowRequest, clock: RankClock): RankWindow {
  return {
    clock,
    startNs: toRankTime(clock, request.startNs),
    endNs: toRankTime(clock, request.endNs),
    pixelNs: Math.max(0, request.endNs - request.startNs) / Math.max(1, request.widthPx),
  };
}

function writeTrack(
  writer: RectangleWriter,
  rank: AnalyzedRank,
  row: number,
  window: RankWindow,
): void {
  const track = rankTrack(rank);
  const sequence = sequenceOf(track);
  const { spans, strings } = rank.trace;
  const { clock } = window;
  const longestKindOf = kindFinder(track, sequence);
  forEachBucketGroup(sequence, window, (first, last) => {
    const i = longestKindOf(first, last);
    const item = track.kind[i] === PHASE_KIND ? ownerOf(rank, track, i) : track.item[i];
    const isNamed = track.kind[i] !== GAP_KIND && item !== NO_ITEM;
    writer.add(
      {
        row,
        depth: 0,
        start: toRunTime(clock, track.start[first]),
        end: toRunTime(clock, track.end[last]),
        kind: track.kind[i],
        phase: track.phase[i],
        category: track.category[i],
        item,
        name: isNamed ? spans.name[item] : 0,
        coverage: 1,
      },
      strings,
    );
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
  window: RankWindow,
): void {
  const rows = depthRows(rank, lane);
  for (let depth = 0; depth < Math.min(rows.depthCount, MAX_DEPTH); depth++) {
    writeDepth(writer, rank, { row, depth, spans: rows.rowAt(depth) }, window);
  }
}

/** Coverage this near is drawn alike. */
const SAME_COVERAGE = 1 / 16;

function writeDepth(
  writer: RectangleWriter,
  { trace, tables }: AnalyzedRank,
  { row, depth, spans: at }: { row: number; depth: number; spans: DepthRow },
  window: RankWindow,
): void {
  const { spans, strings } = trace;
  const { inheritedPhases } = tables;
  const { clock } = window;
  const bucket = bucketOf(window.pixelNs);
  /** The merged rectangle that was written last, while another may be joined to it. */
  let open = { phase: -1, end: -Infinity, coverage: 0 };
  forEachBucketGroup(at, window, (first, last) => {
    const span = at.spanAt(first === last ? first : at.longestOf(first, last));
    const isMerged = first < last;
    const start = at.startOf(first);
    const end = at.endOf(last);
    const phase = inheritedPhases[span];
    const coverage = isMerged && end > start ? at.timeOf(first, last) / (end - start) : 1;
    const isSame =
      isMerged &&
      phase === open.phase &&
      start - open.end < bucket &&
      Math.abs(coverage - open.coverage) < SAME_COVERAGE;
    if (isSame) {
      writer.extendLast(toRunTime(clock, end), coverage, last - first + 1);
      open.end = end;
      return;
    }
    open = { phase: isMerged ? phase : -1, end, coverage };
    writer.add(
      {
        row,
        depth,
        start: toRunTime(clock, start),
        end: toRunTime(clock, end),
        kind: isMerged ? MERGED_KIND : SPAN_KIND,
        phase,
        category: spans.category[span],
        item: isMerged ? last - first + 1 : span,
        name: isMerged ? 0 : spans.name[span],
        coverage,
      },
      strings,
    );
  });
}
