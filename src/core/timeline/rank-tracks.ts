import type { PhaseIntervals } from '../model/tables.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';
import { NO_ITEM } from './phase-owner.ts';
import { fillHoles, GAP_KIND, PHASE_KIND, SPAN_KIND, type Track, TrackBuilder } from './track.ts';

export function hasDevice({ tables }: AnalyzedRank): boolean {
  return tables.busy.length > 0;
}

/** A rank's summary: its device where it recorded one, else its host. */
export function rankTrack(rank: AnalyzedRank): Track {
  return hasDevice(rank) ? deviceTrack(rank) : hostTrack(rank);
}

/** What the device does at each instant, by phase, and its idle gaps by cause. */
export const deviceTrack = oncePerRank((rank): Track => {
  const { gaps, devicePhases } = rank.tables;
  const builder = new TrackBuilder();
  for (let i = 0; i < gaps.length; i++) {
    builder.add({
      start: gaps.start[i],
      end: gaps.end[i],
      kind: GAP_KIND,
      phase: 0,
      category: gaps.cause[i],
      item: i,
    });
  }
  return fillHoles(builder.finish(), phaseTrack(devicePhases));
});

/** The phases of the training loop's thread; where no span has a phase: the outermost spans themselves. */
export const hostTrack = oncePerRank((rank): Track => {
  const phases = phaseTrack(rank.tables.hostPhases);
  return phases.length > 0 ? phases : outermostSpans(rank);
});

function phaseTrack(phases: PhaseIntervals): Track {
  const { length, start, end, phase } = phases;
  return {
    length,
    start,
    end,
    phase,
    kind: new Uint8Array(length).fill(PHASE_KIND),
    category: new Uint8Array(length),
    item: new Uint32Array(length).fill(NO_ITEM),
  };
}

function outermostSpans(rank: AnalyzedRank): Track {
  const { spans } = rank.trace;
  const lane = mainLaneOf(rank);
  const builder = new TrackBuilder();
  for (let i = lane?.first ?? 0; i < (lane?.first ?? 0) + (lane?.count ?? 0); i++) {
    if (rank.tables.nesting.depth[i] === 0) {
      builder.add({
        start: spans.start[i],
        end: spans.start[i] + spans.duration[i],
        kind: SPAN_KIND,
        phase: 0,
        category: spans.category[i],
        item: i,
      });
    }
  }
  return builder.finish();
}

/** The lane of the training loop, else the one with most spans. */
function mainLaneOf({ trace: { lanes }, tables }: AnalyzedRank) {
  return lanes.at(tables.mainLane < 0 ? lanes.length : tables.mainLane) ?? longestLane(lanes);
}

function longestLane(lanes: AnalyzedRank['trace']['lanes']) {
  return lanes.reduce<AnalyzedRank['trace']['lanes'][number] | undefined>(
    (best, lane) => (best === undefined || lane.count > best.count ? lane : best),
    undefined,
  );
}
