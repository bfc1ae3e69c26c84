import { csvRow } from '../../src/base/csv.ts';
import type { AreaGroup } from '../../src/core/model/timeline.ts';
import { formatDuration, formatNumber, formatPercent } from '../base/format.ts';
import { CAUSE_WORDS } from '../base/palette.ts';

/** A column of numbers. */
interface AreaColumn {
  readonly title: string;
  /** As a column of a CSV file. */
  readonly csvName: string;
  readonly valueOf: (group: AreaGroup, allSelfNs: number) => number;
  readonly format: (value: number) => string;
}

/** The share is of the time of their own of all: shares sum to 100 %. */
export const AREA_COLUMNS: readonly AreaColumn[] = [
  column('Count', 'count', ({ count }) => count, formatNumber),
  column('Total', 'total_ns', ({ totalNs }) => totalNs, formatDuration),
  column('Self', 'self_ns', ({ selfNs }) => selfNs, formatDuration),
  column(
    'Share',
    'share_percent',
    ({ selfNs }, all) => (all > 0 ? (selfNs / all) * 100 : 0),
    formatPercent,
  ),
  column('p50', 'p50_ns', ({ percentiles }) => percentiles.p50Ns, formatDuration),
  column('p95', 'p95_ns', ({ percentiles }) => percentiles.p95Ns, formatDuration),
  column('p99', 'p99_ns', ({ percentiles }) => percentiles.p99Ns, formatDuration),
];

function column(
  title: string,
  csvName: string,
  valueOf: AreaColumn['valueOf'],
  format: AreaColumn['format'],
): AreaColumn {
  return { title, csvName, valueOf, format };
}

/** By which column rows are ordered, -1 is that of the names. */
export interface AreaOrder {
  readonly column: number;
  readonly isAscending: boolean;
}

export const FIRST_ORDER: AreaOrder = { column: 2, isAscending: false };

/** The order after a column was pressed: the largest numbers and the first names come first, then the other way. */
export function orderAfter(order: AreaOrder, column: number): AreaOrder {
  return order.column === column
    ? { column, isAscending: !order.isAscending }
    : { column, isAscending: column < 0 };
}

export function sortGroups(
  groups: readonly AreaGroup[],
  { column: index, isAscending }: AreaOrder,
): readonly AreaGroup[] {
  const direction = isAscending ? 1 : -1;
  return [...groups].sort((a, b) => {
    const difference =
      index < 0
        ? compareNames(titleOf(a), titleOf(b))
        : AREA_COLUMNS[index].valueOf(a, 1) - AREA_COLUMNS[index].valueOf(b, 1);
    return difference * direction;
  });
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A group in words. */
export function titleOf({ name, cause }: AreaGroup): string {
  return cause === null ? name : `idle · ${CAUSE_WORDS[cause]}`;
}

export function cellsOf(group: AreaGroup, allSelfNs: number): readonly string[] {
  return AREA_COLUMNS.map(({ valueOf, format }) => format(valueOf(group, allSelfNs)));
}

/** The rows as they are ordered, times in nanoseconds. */
export function areaAsCsv(by: string, groups: readonly AreaGroup[], allSelfNs: number): string {
  const rows = groups.map((group) =>
    csvRow([titleOf(group), ...AREA_COLUMNS.map(({ valueOf }) => valueOf(group, allSelfNs))]),
  );
  return [csvRow([by, ...AREA_COLUMNS.map(({ csvName }) => csvName)]), ...rows].join('');
}
