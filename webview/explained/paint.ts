import { scaleLinear } from 'd3';
import type { Phase } from '../../src/core/model/phase.ts';
import type { ExplainedStep, StepPiece } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { axisUnit, formatDuration, formatNumber, formatPercent } from '../base/format.ts';
import { CAUSE_COLORS, PHASE_COLORS } from '../base/palette.ts';
import { fittingText, inkOn, roundedRect, textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import { paintGap, paintPlate } from '../timeline/paint.ts';
import {
  LABEL_WIDTH,
  layOutExplained,
  RIGHT_MARGIN,
  type PieceBox,
  type StepRow,
} from './layout.ts';

const TICK_SPACING_PX = 130;
const AXIS_TOP = 4;

/** A step on a scale that it may share with another; `markNs` into it a line is drawn, where that is not null. */
export function paintExplained(
  context: CanvasRenderingContext2D,
  step: ExplainedStep,
  { width, scaleNs, markNs }: { width: number; scaleNs: Nanoseconds; markNs: Nanoseconds | null },
  theme: Theme,
): void {
  const { rows, height, plotWidth } = layOutExplained(step, width, scaleNs);
  context.font = `12px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const row of rows) {
    context.fillStyle = theme.muted;
    context.fillText(row.label, 0, row.top + row.height / 2);
    for (const box of row.boxes) {
      paintPiece(context, row, box, step.durationNs, theme);
    }
  }
  if (markNs !== null) {
    const x = Math.round(LABEL_WIDTH + (markNs / scaleNs) * plotWidth) + 0.5;
    context.strokeStyle = theme.foreground;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.setLineDash([]);
  }
}

function paintPiece(
  context: CanvasRenderingContext2D,
  { top, height }: StepRow,
  { x, width, piece }: PieceBox,
  stepNs: number,
  theme: Theme,
): void {
  const color = piece.cause === null ? PHASE_COLORS[piece.phase] : CAUSE_COLORS[piece.cause];
  const left = x + 6;
  if (piece.cause !== null) {
    paintGap(context, color, [x, top, width, height], theme);
  } else {
    context.fillStyle = color;
    roundedRect(context, x, top, width > 3 ? width - 1 : width, height);
    context.fill();
    if (theme.isHighContrast && width > 3) {
      context.strokeStyle = theme.border;
      context.stroke();
    }
  }
  const text = fittingText(context, pieceTexts(piece, stepNs), width - 12);
  if (text === '') {
    return;
  }
  if (piece.cause !== null) {
    paintPlate(context, text, { left, y: top + 1, height: height - 2 }, theme);
  }
  context.fillStyle = piece.cause === null ? inkOn(color) : theme.foreground;
  context.fillText(text, left, top + height / 2 + 0.5);
}

const SHORT_PHASES: Partial<Record<Phase, string>> = {
  forward: 'fwd',
  backward: 'bwd',
  optimizer: 'opt',
  communication: 'comm',
  checkpoint: 'ckpt',
  validation: 'val',
};

export function pieceTexts(piece: StepPiece, stepNs: number): readonly string[] {
  const duration = formatDuration(piece.durationNs);
  if (piece.cause === null) {
    return [
      `${piece.label} ${duration}`,
      piece.label,
      `${piece.phase} ${duration}`,
      piece.phase,
      SHORT_PHASES[piece.phase] ?? '',
    ];
  }
  const share = formatPercent((piece.durationNs / stepNs) * 100);
  return [
    `idle: ${piece.label} · ${share} of the step`,
    `idle: ${piece.label} · ${share}`,
    `${piece.label} · ${share}`,
    piece.label,
    `idle · ${share}`,
    'idle',
  ];
}

export function paintAxis(
  context: CanvasRenderingContext2D,
  { width, scaleNs }: { width: number; scaleNs: Nanoseconds },
  theme: Theme,
): void {
  const plotWidth = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  const unit = axisUnit(scaleNs);
  const scale = scaleLinear([0, scaleNs / unit.ns], [0, plotWidth]);
  const ticks = scale.ticks(Math.max(1, Math.floor(plotWidth / TICK_SPACING_PX)));
  const last = scaleNs / unit.ns;
  const end = `${formatNumber(last)}\u202f${unit.unit}`;
  const endWidth = textWidth(context, end);
  context.font = `12px ${theme.font}`;
  context.textBaseline = 'middle';
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.muted;
  context.lineWidth = 1;
  for (const tick of [...ticks, last]) {
    const x = Math.round(LABEL_WIDTH + scale(tick)) + 0.5;
    const isLast = tick === last;
    const text = isLast ? end : `${formatNumber(tick)}\u202f${unit.unit}`;
    const left = x - textWidth(context, text) / 2;
    const isFree = left + textWidth(context, text) + 8 < LABEL_WIDTH + plotWidth - endWidth / 2;
    if (isLast || isFree) {
      context.beginPath();
      context.moveTo(x, AXIS_TOP);
      context.lineTo(x, AXIS_TOP + 4);
      context.stroke();
      context.fillText(text, Math.max(LABEL_WIDTH - 4, left), AXIS_TOP + 13);
    }
  }
}
