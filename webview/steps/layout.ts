import type { TimelineStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { type HeatRow, heightOfRows } from './heat-rows.ts';

/** One cell of the heat map: a step of a rank, or the slowest of several steps or ranks where there are too many. */
export interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly step: TimelineStep;
  /** Its time by the median: 1 is as usual. */
  readonly ratio: number;
}

export interface HeatMap {
  readonly cells: readonly HeatCell[];
  readonly rows: readonly HeatRow[];
  readonly plotHeight: number;
  /** Steps by column: the number of the first step in it. */
  readonly columns: readonly number[];
  readonly columnWidth: number;
  /** Column of a step's number; undefined where the run does not have it. */
  columnOf(step: number): number | undefined;
  /** The cell of a row and a column; undefined where none of its ranks has any of its steps. */
  cellOf(row: number, column: number): HeatCell | undefined;
}

export const HEAT_LABEL_WIDTH = 84;
const MIN_CELL_PX = 3;
const MAX_CELL_PX = 22;

export function layOutHeat(
  steps: readonly TimelineStep[],
  rows: readonly HeatRow[],
  { medianNs, width }: { readonly medianNs: Nanoseconds; readonly width: number },
): HeatMap {
  const numbers = [...new Set(steps.map(({ step }) => step))].sort((a, b) => a - b);
  const room = Math.max(1, width - HEAT_LABEL_WIDTH);
  const perColumn = Math.max(1, Math.ceil((numbers.length * MIN_CELL_PX) / room));
  const columnCount = Math.ceil(numbers.length / perColumn);
  const columnWidth = Math.min(MAX_CELL_PX, room / Math.max(1, columnCount));
  const columnByStep = new Map(numbers.map((step, i) => [step, Math.floor(i / perColumn)]));
  const rowByRank = new Map(rows.flatMap(({ ranks }, row) => ranks.map((rank) => [rank, row])));
  const slowest: (TimelineStep | undefined)[] = Array.from({ length: rows.length * columnCount });
  for (const step of steps) {
    const row = rowByRank.get(step.rank);
    if (row !== undefined) {
      const at = row * columnCount + (columnByStep.get(step.step) ?? 0);
      if (isSlower(step, slowest[at])) {
        slowest[at] = step;
      }
    }
  }
  const gridded = slowest.map((step, at) =>
    step === undefined
      ? undefined
      : cellFor(step, rows, { at, columnCount, columnWidth, medianNs }),
  );
  return {
    cells: gridded.filter((cell) => cell !== undefined),
    rows,
    plotHeight: heightOfRows(rows),
    columns: numbers.filter((_, i) => i % perColumn === 0),
    columnWidth,
    columnOf: (step) => columnByStep.get(step),
    cellOf: (row, column) =>
      row < 0 || column < 0 || column >= columnCount
        ? undefined
        : gridded[row * columnCount + column],
  };
}

/** An analyzed step stands for its cell before one of the warm-up does. */
function isSlower(step: TimelineStep, known: TimelineStep | undefined): boolean {
  if (known === undefined || step.isWarmup !== known.isWarmup) {
    return known === undefined || known.isWarmup;
  }
  return step.durationNs > known.durationNs;
}

function cellFor(
  step: TimelineStep,
  rows: readonly HeatRow[],
  {
    at,
    columnCount,
    columnWidth,
    medianNs,
  }: { at: number; columnCount: number; columnWidth: number; medianNs: Nanoseconds },
): HeatCell {
  const row = Math.floor(at / columnCount);
  const column = at % columnCount;
  const { top, height } = rows[row];
  return {
    row,
    column,
    x: HEAT_LABEL_WIDTH + column * columnWidth,
    y: top,
    width: columnWidth - (columnWidth > 4 ? 1 : 0),
    height: height - (height > 6 ? 2 : height > 4 ? 1 : 0),
    step,
    ratio: step.durationNs / Math.max(1, medianNs),
  };
}

export function cellAt(heat: HeatMap, x: number, y: number): HeatCell | undefined {
  const row = heat.rows.findIndex(({ top, height }) => y >= top && y < top + height);
  return heat.cellOf(row, Math.floor((x - HEAT_LABEL_WIDTH) / heat.columnWidth));
}
