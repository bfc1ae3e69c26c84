/** One row of a result; valid until the next one. */
export interface DatabaseRow {
  /** NaN where there is no number. Integers above 2^53 lose their last digits: shift or subtract in SQL. */
  number(column: number): number;
  /** Empty where there is no value. */
  text(column: number): string;
}

/** A file that is an SQLite database, read where it lies: it is never in memory as a whole. */
export interface Database {
  /** The columns of each ordinary table; neither views nor virtual tables, which could compute anything. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Where the file ends though its header says that it goes on, in bytes; null where it is as long as it says. */
  readonly cutAt: number | null;
  /** Bytes of the file that were read so far, those read again included. */
  readBytes(): number;
  /**
   * Calls `visit` with each row of a SELECT over one or more of the tables. Lets other work in between
   * now and then. Throws a `DatabaseError` where the file is damaged, and when aborted.
   */
  select(sql: string, visit: (row: DatabaseRow) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The content of a file is no database that can be read where it lies. The message is a sentence for people. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
