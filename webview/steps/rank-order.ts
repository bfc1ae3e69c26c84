import { formatNumber, formatPercent } from '../base/format.ts';
import type { Store } from '../store.ts';
import { type HeatRow, layOutRows, mostRanksOfRow } from './heat-rows.ts';
import type { RankDeviation } from './ranks-by-deviation.ts';

/** With more ranks than this, those that are slow come first. */
const MAX_RANKS_BY_NUMBER = 16;
const MIN_NOTED_PERCENT = 3;

/** How the ranks of the map stand below each other: by number, or those with most work of their own first. */
export class RankOrder {
  readonly #slowestFirst: readonly number[];
  readonly #byNumber: readonly number[];
  readonly #notes: ReadonlyMap<number, string>;

  constructor(
    private readonly store: Store,
    deviations: readonly RankDeviation[],
  ) {
    this.#slowestFirst = deviations.map(({ rank }) => rank);
    this.#byNumber = [...this.#slowestFirst].sort((a, b) => a - b);
    this.#notes = new Map(
      deviations
        .filter(({ percent }) => percent >= MIN_NOTED_PERCENT)
        .map(({ rank, percent }) => [rank, `+${formatPercent(percent)}`]),
    );
  }

  get canChange(): boolean {
    return this.#byNumber.length > 2;
  }

  get isSlowestFirst(): boolean {
    const suited = this.#byNumber.length > MAX_RANKS_BY_NUMBER ? 'slowest' : 'number';
    return (this.store.panels.get().rankOrder ?? suited) === 'slowest';
  }

  toggle(): void {
    const rankOrder = this.isSlowestFirst ? 'number' : 'slowest';
    this.store.panels.set({ ...this.store.panels.get(), rankOrder });
  }

  rows(): readonly HeatRow[] {
    return this.isSlowestFirst ? layOutRows(this.#slowestFirst) : layOutRows(this.#byNumber, 0);
  }

  /** By how much more a rank works than the others; empty for most. */
  noteOf(rank: number): string {
    return this.#notes.get(rank) ?? '';
  }

  /** What is to be known of the rows; empty where they say it themselves. */
  describe(): string {
    const rows = this.rows();
    const most = mostRanksOfRow(rows);
    const isNoted = rows.some(({ ranks }) => ranks.length === 1 && this.#notes.has(ranks[0]));
    const percent = isNoted ? ' (+%)' : '';
    const order = this.isSlowestFirst
      ? ` · most own work${percent} on top`
      : percent === ''
        ? ''
        : ' · +%: more own work than others';
    return `${order}${most > 1 ? ` · ≤ ${formatNumber(most)} ranks a row, slowest shown` : ''}`;
  }
}
