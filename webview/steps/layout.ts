import type { TimelineStep } from '../../src/core/model/timeline.ts';

/** One cell of the heat strip: a step of a rank, or the slowest of several steps or ranks where there are too many. */
export interface HeatCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly step: TimelineStep;
  /** Its time by the median: 1 is as usual. */
  readonly ratio: number;
}

export interface HeatStrip {
  readonly cells: readonly HeatCell[];
  /** By row: its first rank. */
  readonly ranks: readonly number[];
  readonly rowHeight: number;
  readonly plotHeight: number;
  /** Steps by column: the number of the first step in it. */
  readonly columns: readonly number[];
  readonly columnWidth: number;
}

export const HEAT_LABEL_WIDTH = 52;
const MIN_CELL_PX = 3;
const MAX_CELL_PX = 22;
const MAX_ROW_PX = 20;
const MIN_ROW_PX = 4;
const MAX_PLOT_PX = 220;

export function layOutHeat(
  steps: readonly TimelineStep[],
  medianNs: number,
  width: number,
): HeatStrip {
  const ranks = [...new Set(steps.map(({ rank }) => rank))].sort((a, b) => a - b);
  const numbers = [...new Set(steps.map(({ step }) => step))].sort((a, b) => a - b);
  const room = Math.max(1, width - HEAT_LABEL_WIDTH);
  const perColumn = Math.max(1, Math.ceil((numbers.length * MIN_CELL_PX) / room));
  const columnCount = Math.ceil(numbers.length / perColumn);
  const columnWidth = Math.min(MAX_CELL_PX, room / Math.max(1, columnCount));
  const perRow = Math.max(1, Math.ceil((ranks.length * MIN_ROW_PX) / MAX_PLOT_PX));
  const rowCount = Math.ceil(ranks.length / perRow);
  const rowHeight = Math.min(MAX_ROW_PX, Math.floor(MAX_PLOT_PX / Math.max(1, rowCount)));
  const columnByStep = new Map(numbers.map((step, i) => [step, Math.floor(i / perColumn)]));
  const rowByRank = new Map(ranks.map((rank, i) => [rank, Math.floor(i / perRow)]));
  const slowest = new Map<number, TimelineStep>();
  for (const step of steps) {
    const row = rowByRank.get(step.rank) ?? 0;
    const key = row * columnCount + (columnByStep.get(step.step) ?? 0);
    const known = slowest.get(key);
    if (known === undefined || step.durationNs > known.durationNs) {
      slowest.set(key, step);
    }
  }
  const cells = [...slowest.values()].map((step) => ({
    x: HEAT_LABEL_WIDTH + (columnByStep.get(step.step) ?? 0) * columnWidth,
    y: (rowByRank.get(step.rank) ?? 0) * rowHeight,
    width: columnWidth - (columnWidth > 4 ? 1 : 0),
    height: rowHeight - (rowHeight > 6 ? 2 : rowHeight > 4 ? 1 : 0),
    step,
    ratio: step.durationNs / Math.max(1, medianNs),
  }));
  const columns = numbers.filter((_, i) => i % perColumn === 0);
  return {
    cells,
    ranks: ranks.filter((_, i) => i % perRow === 0),
    rowHeight,
    plotHeight: rowCount * rowHeight,
    columns,
    columnWidth,
  };
}

export function cellAt({ cells, columnWidth, rowHeight }: HeatStrip, x: number, y: number) {
  return cells.find(
    (cell) => x >= cell.x && x < cell.x + columnWidth && y >= cell.y && y < cell.y + rowHeight,
  );
}
