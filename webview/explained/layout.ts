import type { ExplainedStep, StepPiece } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';

export interface PieceBox {
  readonly x: number;
  readonly width: number;
  readonly piece: StepPiece;
}

export interface StepRow {
  readonly label: string;
  readonly top: number;
  readonly height: number;
  readonly boxes: readonly PieceBox[];
}

export const LABEL_WIDTH = 50;
const ROW_HEIGHT = 20;
const ROW_GAP = 4;
export const RIGHT_MARGIN = 24;
export const AXIS_HEIGHT = 26;

/** The host above, the device below, on a scale that ends with `scaleNs`. */
export function layOutExplained(
  step: ExplainedStep,
  width: number,
  scaleNs: Nanoseconds,
): { readonly rows: readonly StepRow[]; readonly height: number; readonly plotWidth: number } {
  const plotWidth = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  const pixelsPerNs = plotWidth / Math.max(1, scaleNs);
  const named = [
    { label: 'Host', pieces: step.host },
    { label: 'Device', pieces: step.device },
  ].filter(({ pieces }) => pieces.length > 0);
  const rows = named.map(({ label, pieces }, i) => ({
    label,
    top: i * (ROW_HEIGHT + ROW_GAP),
    height: ROW_HEIGHT,
    boxes: pieces.map((piece) => ({
      x: LABEL_WIDTH + (piece.startNs - step.startNs) * pixelsPerNs,
      width: Math.max(1, piece.durationNs * pixelsPerNs),
      piece,
    })),
  }));
  return { rows, height: Math.max(0, rows.length * (ROW_HEIGHT + ROW_GAP) - ROW_GAP), plotWidth };
}

/** The piece under a point; undefined where there is none. */
export function pieceAt(rows: readonly StepRow[], x: number, y: number): StepPiece | undefined {
  return rows
    .find(({ top, height }) => y >= top && y < top + height)
    ?.boxes.find((box) => x >= box.x && x < box.x + box.width)?.piece;
}
