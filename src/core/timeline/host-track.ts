import { phaseIndex } from '../model/phase.ts';
import type { LaneIndex } from '../model/units.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';
import { effectivePhases } from './effective-phases.ts';
import { fillHoles, PHASE_KIND, SPAN_KIND, type Track, TrackBuilder } from './track.ts';

/**
 * The phase in which the host is at each instant: that of the innermost span of the main lane,
 * and the backward pass of the autograd thread where the main lane tells nothing.
 * Where no span has a phase: the outermost spans themselves.
 */
export const hostTrack = oncePerRank((rank): Track => {
  const main = mainLaneOf(rank);
  if (main < 0) {
    return new TrackBuilder().finish();
  }
  let track = flattenLane(rank, main, () => true);
  const backward = phaseIndex('backward');
  rank.trace.lanes.forEach((lane, i) => {
    if (i !== main && lane.kind === 'thread') {
      track = fillHoles(
        track,
        flattenLane(rank, i, (phase) => phase === backward),
      );
    }
  });
  return track.length > 0 ? track : outermostSpans(rank, main);
});

function mainLaneOf({ trace, tables }: AnalyzedRank): LaneIndex {
  if (tables.mainLane >= 0) {
    return tables.mainLane;
  }
  let best = -1;
  trace.lanes.forEach((lane, i) => {
    if (lane.count > 0 && (best < 0 || lane.count > trace.lanes[best].count)) {
      best = i;
    }
  });
  return best;
}

function flattenLane(
  rank: AnalyzedRank,
  laneIndex: LaneIndex,
  accepts: (phase: number) => boolean,
): Track {
  const { spans, lanes } = rank.trace;
  const lane = lanes[laneIndex];
  const phases = effectivePhases(rank);
  const builder = new TrackBuilder();
  const open: number[] = [];
  let time = -Infinity;
  const advance = (to: number) => {
    const span = open[open.length - 1];
    const phase = phases[span];
    if (to > time && phase > 0 && accepts(phase)) {
      builder.add({
        start: Math.max(time, spans.start[span]),
        end: to,
        kind: PHASE_KIND,
        phase,
        category: spans.category[span],
        item: phaseOwner(rank, span),
      });
    }
    time = Math.max(time, to);
  };
  const closeUntil = (limit: number) => {
    while (open.length > 0 && endOf(rank, open[open.length - 1]) <= limit) {
      advance(endOf(rank, open[open.length - 1]));
      open.pop();
    }
  };
  for (let i = lane.first; i < lane.first + lane.count; i++) {
    closeUntil(spans.start[i]);
    if (open.length > 0) {
      advance(spans.start[i]);
    }
    open.push(i);
    time = Math.max(time, spans.start[i]);
  }
  closeUntil(Infinity);
  return builder.finish();
}

function endOf({ trace: { spans } }: AnalyzedRank, span: number): number {
  return spans.start[span] + spans.duration[span];
}

function phaseOwner({ tables }: AnalyzedRank, span: number): number {
  let owner = span;
  while (tables.phases[owner] === 0 && tables.nesting.parent[owner] >= 0) {
    owner = tables.nesting.parent[owner];
  }
  return owner;
}

function outermostSpans(rank: AnalyzedRank, laneIndex: LaneIndex): Track {
  const { spans, lanes } = rank.trace;
  const lane = lanes[laneIndex];
  const builder = new TrackBuilder();
  for (let i = lane.first; i < lane.first + lane.count; i++) {
    if (rank.tables.nesting.depth[i] === 0) {
      builder.add({
        start: spans.start[i],
        end: endOf(rank, i),
        kind: SPAN_KIND,
        phase: 0,
        category: spans.category[i],
        item: i,
      });
    }
  }
  return builder.finish();
}
