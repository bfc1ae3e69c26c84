import type { AnalyzedRank } from './analyzed-rank.ts';
import { deviceTrack } from './device-track.ts';
import { hostTrack } from './host-track.ts';
import type { Track } from './track.ts';

/** A rank's summary: its device where it recorded one, else its host. */
export function rankTrack(rank: AnalyzedRank): Track {
  return hasDevice(rank) ? deviceTrack(rank) : hostTrack(rank);
}

export function hasDevice({ tables }: AnalyzedRank): boolean {
  return tables.busy.length > 0;
}
