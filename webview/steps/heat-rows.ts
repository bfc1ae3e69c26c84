/** A row of the heat map: one rank, or several where there is no room for each. */
export interface HeatRow {
  readonly ranks: readonly number[];
  readonly top: number;
  readonly height: number;
}

const MAX_ROW_PX = 20;
const MIN_LABELED_ROW_PX = 12;
const MIN_ROW_PX = 3;
const MAX_PLOT_PX = 168;
/** Between the ranks that have a row each and those that share rows. */
const PART_GAP_PX = 4;
const OWN_ROWS = 6;

/**
 * Ranks from top to bottom in the order given. Where they do not fit, the first `ownRows` have a row each and
 * the rest shares rows of as many ranks each, the last one of what is left.
 */
export function layOutRows(order: readonly number[], ownRows = OWN_ROWS): readonly HeatRow[] {
  const height = Math.min(MAX_ROW_PX, Math.floor(MAX_PLOT_PX / Math.max(1, order.length)));
  if (height >= MIN_LABELED_ROW_PX) {
    return order.map((rank, i) => ({ ranks: [rank], top: i * height, height }));
  }
  const own = order.slice(0, ownRows).map((rank, i) => ({
    ranks: [rank],
    top: i * MIN_LABELED_ROW_PX,
    height: MIN_LABELED_ROW_PX,
  }));
  const from = own.length === 0 ? 0 : own.length * MIN_LABELED_ROW_PX + PART_GAP_PX;
  const rest = order.slice(own.length);
  const perRow = Math.ceil(rest.length / Math.floor((MAX_PLOT_PX - from) / MIN_ROW_PX));
  const count = Math.ceil(rest.length / perRow);
  const sharedHeight = Math.floor((MAX_PLOT_PX - from) / count);
  const shared = Array.from({ length: count }, (_, i) => ({
    ranks: rest.slice(i * perRow, (i + 1) * perRow),
    top: from + i * sharedHeight,
    height: sharedHeight,
  }));
  return [...own, ...shared];
}

export function heightOfRows(rows: readonly HeatRow[]): number {
  const last = rows.at(-1);
  return last === undefined ? 0 : last.top + last.height;
}

/** How many ranks a row stands for at most. */
export function mostRanksOfRow(rows: readonly HeatRow[]): number {
  return rows.reduce((most, { ranks }) => Math.max(most, ranks.length), 1);
}
