import { RANK_TRACK, type WindowRectangles } from '../model/timeline.ts';
import type { Analysis } from '../model/tables.ts';
import { readWindow } from './read-window.ts';

const WIDTH_PX = 1_000;
/** As many as a page shows without scrolling. */
const MAX_RANKS = 24;

/** The whole run at a glance, for a page that still waits for the rest of the analysis. */
export function drawWhole({ run, ranks, startNs, endNs }: Omit<Analysis, 'report'>): {
  readonly startNs: number;
  readonly endNs: number;
  readonly ranks: readonly number[];
  readonly rectangles: WindowRectangles;
  readonly names: readonly string[];
} {
  const shown = run.ranks.slice(0, MAX_RANKS).map(({ rank }) => rank);
  const rows = shown.map((rank) => ({ rank, lane: RANK_TRACK }));
  const request = { startNs, endNs, widthPx: WIDTH_PX, rows };
  return { startNs, endNs, ranks: shown, ...readWindow({ run, ranks }, request) };
}
