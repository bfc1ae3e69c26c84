import type { HeatCell, HeatMap } from './layout.ts';

const MOVES: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
  PageUp: [-Infinity, 0],
  PageDown: [Infinity, 0],
};

/** The cell that a key leads to; null for other keys. Where there is none in that direction, the cell stays. */
export function cellAfterKey(key: string, heat: HeatMap, from: HeatCell): HeatCell | null {
  const move = MOVES[key] as (typeof MOVES)[string] | undefined;
  if (move === undefined) {
    return null;
  }
  const [rows, columns] = move;
  const [down, right] = [Math.sign(rows), Math.sign(columns)];
  let best = from;
  let { row, column } = from;
  do {
    row += down;
    column += right;
    const cell = heat.cellOf(row, column);
    best = cell ?? best;
    if (cell !== undefined && Number.isFinite(rows) && Number.isFinite(columns)) {
      break;
    }
  } while (row >= 0 && row < heat.rows.length && column >= 0 && column < heat.columns.length);
  return best;
}
