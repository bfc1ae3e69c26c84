import { type Database, DatabaseError, type DatabaseRow } from '../database.ts';
import type { ReadOptions } from '../format.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';

const NO_BYTES = new Uint8Array(0);

/** A column, or what SQL makes of it; the value is none where the table lacks the column. */
export type Selected = string | { readonly column: string; readonly as: (name: string) => string };

/** Serialized ids hold host and machine above, the process in 24 bits, the thread in 24 bits. */
export const processIn = (column: string): Selected => ({
  column,
  as: (name) => `(${name} >> 24) & 0xffffff`,
});
export const threadIn = (column: string): Selected => ({
  column,
  as: (name) => `${name} & 0xffffff`,
});

/** Longer names are cut: they are to be looked at. */
const MAX_NAME_CHARACTERS = 4096;
export const textIn = (column: string): Selected => ({
  column,
  as: (name) => `substr(${name}, 1, ${MAX_NAME_CHARACTERS})`,
});

/** Most names come again; those with a number of their own need not be kept. */
const MAX_KNOWN_NAMES = 100_000;

/** The tables of an export while they become a trace. */
export class ExportReader {
  readonly builder = new TraceBuilder();
  /** What the export's clock shows at the moment that times are counted from, in nanoseconds. */
  origin = 0n;
  /** The first damage that was met. */
  damage: DatabaseError | null = null;
  readonly #labels = new Map<number | string, number>();
  readonly #names = new Map<string, number>();

  constructor(
    readonly database: Database,
    readonly sizeBytes: number,
    private readonly options: ReadOptions,
  ) {}

  has(table: string, column?: string): boolean {
    const columns = this.database.tables.get(table);
    return columns !== undefined && (column === undefined || columns.includes(column));
  }

  /** A time exact to the nanosecond, counted from {@link origin}. */
  timeIn(column: string): Selected {
    return { column, as: (name) => `${name} - (${this.origin})` };
  }

  /** Calls `visit` with each row of a table that is there, with these columns, up to where the table is damaged. */
  async each(
    table: string,
    columns: readonly Selected[],
    visit: (row: DatabaseRow) => void,
    rest = '',
  ): Promise<void> {
    if (this.has(table)) {
      const list = columns.map((selected) => this.#expression(table, selected)).join(', ');
      try {
        await this.database.select(
          `SELECT ${list} FROM "${table}" ${rest}`,
          visit,
          this.options.signal,
        );
      } catch (error) {
        this.#describe(table, error);
      }
      this.options.onProgress?.(Math.min(this.sizeBytes, this.database.readBytes()));
    }
  }

  #describe(table: string, error: unknown): void {
    if (!(error instanceof DatabaseError)) {
      throw error;
    }
    this.damage ??= error;
    const reason = `Rows of the table ${table} are missing. ${error.message}`;
    const { cutAt } = this.database;
    if (cutAt === null) {
      this.builder.log.drop(0, reason, NO_BYTES);
    } else {
      this.builder.log.describe('cut', cutAt, reason, NO_BYTES);
    }
  }

  #expression(table: string, selected: Selected): string {
    const { column, as } =
      typeof selected === 'string' ? { column: selected, as: (name: string) => name } : selected;
    return this.has(table, column) ? as(`"${column}"`) : 'NULL';
  }

  /**
   * The time and the duration of a row, null where it has none; then it is dropped. What ends before it
   * starts, as of a clock that was set, lasts 0. Counts the row.
   */
  interval(
    table: string,
    startNs: number,
    endNs: number,
  ): { readonly start: number; readonly duration: number } | null {
    const { log } = this.builder;
    const start = this.time(startNs);
    if (Number.isNaN(start)) {
      log.drop(0, `a row of ${table} has no time, or one of another day`, NO_BYTES);
      return null;
    }
    log.keep();
    if (!(endNs >= startNs)) {
      log.repair(0, `a row of ${table} ends before it starts`, NO_BYTES);
      return { start, duration: 0 };
    }
    return { start, duration: endNs - startNs };
  }

  /** The label of a process, a thread or a stream. */
  label(of: number | string): number {
    const known = this.#labels.get(of);
    if (known !== undefined) {
      return known;
    }
    const label = this.builder.labels.internText(String(of || 0));
    this.#labels.set(of, label);
    return label;
  }

  /** The row of a name among the strings. */
  name(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) {
      return known;
    }
    const name = this.builder.strings.internText(text);
    if (this.#names.size < MAX_KNOWN_NAMES) {
      this.#names.set(text, name);
    }
    return name;
  }

  /** NaN where a row has none, or one that is more than 52 days off. */
  time(ns: number): number {
    const whole = Math.floor(ns / 1000);
    return Number.isNaN(ns) ? NaN : this.builder.time.toNs({ whole, milli: ns - whole * 1000 });
  }
}
