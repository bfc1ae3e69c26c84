import { phaseIndex } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import { DEVICE_CLASSES } from '../model/tables.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';
import { effectivePhases } from './effective-phases.ts';
import { fillHoles, GAP_KIND, PHASE_KIND, type Track, TrackBuilder } from './track.ts';

const COMMUNICATION = phaseIndex('communication');
const OTHER = phaseIndex('other');
const COPY_CATEGORIES = [categoryIndex('memcpy'), categoryIndex('memset')];

/** What the device does at each instant, by phase, and its idle gaps by cause. */
export const deviceTrack = oncePerRank((rank): Track => fillHoles(gapTrack(rank), busyTrack(rank)));

function gapTrack({ tables: { gaps } }: AnalyzedRank): Track {
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
  return builder.finish();
}

/** The busy intervals, each cut where the phase of the work changes. */
function busyTrack(rank: AnalyzedRank): Track {
  const { busy } = rank.tables;
  const work = workByClass(rank);
  const next = DEVICE_CLASSES.map(() => 0);
  const builder = new TrackBuilder();
  for (let i = 0; i < busy.length; i++) {
    const kind = busy.kind[i];
    const pieces = work[kind];
    let time = busy.start[i];
    let at = next[kind];
    while (at < pieces.length && pieces.end[at] <= time) {
      at++;
    }
    next[kind] = at;
    for (; at < pieces.length && pieces.start[at] < busy.end[i]; at++) {
      const end = Math.min(pieces.end[at], busy.end[i]);
      builder.add({
        start: time,
        end,
        kind: PHASE_KIND,
        phase: pieces.phase[at] === 0 ? OTHER : pieces.phase[at],
        category: pieces.category[at],
        item: pieces.item[at],
      });
      time = end;
    }
  }
  return builder.finish();
}

/** By device class: its spans flattened; where two overlap, the one that began first. */
function workByClass(rank: AnalyzedRank): readonly Track[] {
  const { spans } = rank.trace;
  const phases = effectivePhases(rank);
  const builders = DEVICE_CLASSES.map(() => new TrackBuilder());
  const filledTo = DEVICE_CLASSES.map(() => -Infinity);
  for (const span of deviceSpansByStart(rank)) {
    const kind = deviceClassOf(phases[span], spans.category[span]);
    const start = Math.max(spans.start[span], filledTo[kind]);
    const end = spans.start[span] + spans.duration[span];
    if (end > start) {
      builders[kind].add({
        start,
        end,
        kind: PHASE_KIND,
        phase: phases[span],
        category: spans.category[span],
        item: span,
      });
      filledTo[kind] = end;
    }
  }
  return builders.map((builder) => builder.finish());
}

function deviceClassOf(phase: number, category: number): number {
  if (COPY_CATEGORIES.includes(category)) {
    return DEVICE_CLASSES.indexOf('copy');
  }
  return DEVICE_CLASSES.indexOf(phase === COMMUNICATION ? 'communication' : 'compute');
}

function deviceSpansByStart({ trace }: AnalyzedRank): Uint32Array {
  const streams = trace.lanes.filter((lane) => lane.kind === 'stream');
  const order = new Uint32Array(streams.reduce((sum, lane) => sum + lane.count, 0));
  let at = 0;
  for (const lane of streams) {
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      order[at++] = i;
    }
  }
  return order.sort((a, b) => trace.spans.start[a] - trace.spans.start[b]);
}
