import { firstWhere } from '../../base/first-where.ts';
import { toRunTime } from '../model/rank-clock.ts';
import { isLoaderWait } from '../model/loader-name.ts';
import { type Phase, PHASES } from '../model/phase.ts';
import { GAP_CAUSES, type GapCause } from '../model/report.ts';
import type { ExplainedStep, StepSlice, StepPiece } from '../model/timeline.ts';
import type { Nanoseconds } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';
import type { ChosenStep } from './choose-steps.ts';
import { forEachPixelGroup } from './pixel-groups.ts';
import { deviceTrack, hasDevice, hostTrack } from './rank-tracks.ts';
import { findPhaseOwner, NO_ITEM } from './phase-owner.ts';
import { GAP_KIND, kindFinder, PHASE_KIND, type Track } from './track.ts';

/** Of a step: what is finer than this would be a pattern in a picture some 600 pixels wide, not a fact. */
const DETAIL_SHARE = 1 / 64;

/** What host and device do in a step, coarse enough to be looked at, and what the step is made of. */
export function explainStep({ rank, row }: ChosenStep): ExplainedStep {
  const { steps, clock } = rank.tables;
  const start = steps.start[row];
  const end = steps.end[row];
  const host = hostTrack(rank);
  return {
    rank: rank.tables.rank,
    step: steps.number[row],
    startNs: toRunTime(clock, start),
    durationNs: end - start,
    host: piecesOf(rank, host, { start, end, isDevice: false }),
    device: hasDevice(rank)
      ? piecesOf(rank, deviceTrack(rank), { start, end, isDevice: true })
      : [],
    slices: slicesOf(hasDevice(rank) ? deviceTrack(rank) : host, start, end),
  };
}

/** All of a step by phase and by cause of idleness; what no piece of the track covers is of no phase. */
function slicesOf(track: Track, start: Nanoseconds, end: Nanoseconds): readonly StepSlice[] {
  const slices = new Map<string, StepSlice>();
  const add = (phase: Phase, cause: GapCause | null, durationNs: Nanoseconds) => {
    const key = cause ?? `phase ${phase}`;
    slices.set(key, {
      phase,
      cause,
      durationNs: durationNs + (slices.get(key)?.durationNs ?? 0),
    });
  };
  let restNs = end - start;
  const first = firstWhere(0, track.length, (i) => track.end[i] > start);
  for (let i = first; i < track.length && track.start[i] < end; i++) {
    const durationNs = Math.min(track.end[i], end) - Math.max(track.start[i], start);
    const isGap = track.kind[i] === GAP_KIND;
    add(
      isGap ? 'none' : PHASES[track.phase[i]],
      isGap ? GAP_CAUSES[track.category[i]] : null,
      durationNs,
    );
    restNs -= durationNs;
  }
  if (restNs > 0) {
    add('none', null, restNs);
  }
  return [...slices.values()].sort((a, b) => b.durationNs - a.durationNs);
}

function piecesOf(
  rank: AnalyzedRank,
  track: Track,
  { start, end, isDevice }: { start: Nanoseconds; end: Nanoseconds; isDevice: boolean },
): readonly StepPiece[] {
  const sequence = {
    length: track.length,
    startOf: (i: number) => Math.max(track.start[i], start),
    endOf: (i: number) => Math.min(track.end[i], end),
  };
  const pieces: StepPiece[] = [];
  const window = { startNs: start, endNs: end, pixelNs: (end - start) * DETAIL_SHARE };
  const { strings, spans } = rank.trace;
  const { clock } = rank.tables;
  const labelOf = (i: number) => {
    if (track.kind[i] === GAP_KIND) {
      return describeWait(GAP_CAUSES[track.category[i]]);
    }
    const phase = PHASES[track.phase[i]];
    const item =
      track.kind[i] === PHASE_KIND
        ? findPhaseOwner(rank, 'host', track.start[i], track.phase[i])
        : track.item[i];
    return isDevice || item === NO_ITEM ? phase : shortName(strings[spans.name[item]], phase);
  };
  const longestKindOf = kindFinder(track, sequence);
  forEachPixelGroup(sequence, window, (first, last) => {
    const i = longestKindOf(first, last);
    const isGap = track.kind[i] === GAP_KIND;
    const phase = PHASES[track.phase[i]];
    appendPiece(pieces, {
      startNs: toRunTime(clock, sequence.startOf(first)),
      durationNs: sequence.endOf(last) - sequence.startOf(first),
      phase,
      cause: isGap ? GAP_CAUSES[track.category[i]] : null,
      label: labelOf(i),
    });
  });
  return pieces;
}

function appendPiece(pieces: StepPiece[], piece: StepPiece): void {
  const last = pieces.at(-1);
  const isSame = last?.phase === piece.phase && last.cause === piece.cause;
  if (isSame && (piece.phase !== 'none' || piece.cause !== null)) {
    const durationNs = piece.startNs + piece.durationNs - last.startNs;
    pieces[pieces.length - 1] = { ...last, durationNs };
  } else {
    pieces.push(piece);
  }
}

/** Annotations that people write themselves are short; operators and kernels are told by their phase. */
function shortName(name: string, phase: string): string {
  if (phase === 'none') {
    return name;
  }
  if (isLoaderWait(name)) {
    return 'next(loader)';
  }
  return name.length <= 24 && !name.includes('::') && !name.includes('#') ? name : phase;
}

/** What the device does not do, in a few words. */
export function describeWait(cause: GapCause): string {
  return WAIT_BY_CAUSE[cause];
}

const WAIT_BY_CAUSE: Readonly<Record<GapCause, string>> = {
  data: 'waits for the loader',
  host: 'waits for the host',
  sync: 'waits after a synchronization',
  launch: 'waits for kernel launches',
  communication: 'waits for other ranks',
  copy: 'waits for a copy',
  checkpoint: 'waits for a checkpoint',
  profiler: 'waits for the profiler',
  unexplained: 'idle, cause unknown',
};
