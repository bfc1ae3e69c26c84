import { formatNumber } from '../base/format.ts';
import type { HeatRow } from './heat-rows.ts';

export interface RowLabel {
  /** The first that fits is written. */
  readonly texts: readonly string[];
  /** Its middle. */
  readonly y: number;
}

const LABEL_PX = 12;

/**
 * Which ranks a row stands for, as often as there is room, and what is to be noted of a rank that has its own;
 * ranks that are not in sequence are counted.
 */
export function labelRows(
  rows: readonly HeatRow[],
  noteOf: (rank: number) => string = () => '',
): readonly RowLabel[] {
  const labels: RowLabel[] = [];
  let freeFrom = 0;
  const shared = rows.filter(({ ranks }) => ranks.length > 1);
  const inOrder = shared.flatMap(({ ranks }) => ranks);
  const isSequence = inOrder.every((rank, i) => i === 0 || rank > inOrder[i - 1]);
  for (const row of rows) {
    const isLabeled = row.ranks.length === 1 || isSequence;
    const y = Math.max(LABEL_PX / 2, row.top + row.height / 2) - 0.5;
    if (isLabeled && y - LABEL_PX / 2 >= freeFrom - 1) {
      labels.push({ texts: textsOf(row.ranks, noteOf), y });
      freeFrom = y + LABEL_PX / 2;
    }
  }
  const first = shared.at(0);
  if (first !== undefined && !isSequence) {
    labels.push({
      texts: [`${formatNumber(inOrder.length)} others`, `+${formatNumber(inOrder.length)}`],
      y: first.top + LABEL_PX / 2,
    });
    labels.push({
      texts: [`${formatNumber(first.ranks.length)} a row`],
      y: first.top + 1.5 * LABEL_PX + 2,
    });
  }
  return labels;
}

function textsOf(ranks: readonly number[], noteOf: (rank: number) => string): readonly string[] {
  const [first] = ranks;
  const last = ranks.at(-1) ?? first;
  const note = first === last ? noteOf(first) : '';
  const noted = note === '' ? [] : [`rank ${first} ${note}`, `${first} ${note}`];
  return first === last
    ? [...noted, `rank ${first}`, String(first)]
    : [`ranks ${first}\u2013${last}`, `${first}\u2013${last}`, `${first}\u2026`];
}
