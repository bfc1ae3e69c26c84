import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { CAPI, Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm';
import { type Database, DatabaseError, type DatabaseRow } from '../core/formats/database.ts';
import { FileError } from './file-error.ts';
import { FILE_SYSTEM, installFileSystem, type ReadableFile } from './sqlite-file-system.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** Between two looks at what else there is to do. */
const ROWS_AT_ONCE = 20_000;

/** A row takes at least this much of a file: more rows come of pages that are listed twice. */
const MIN_ROW_BYTES = 4;

/** A longer text or blob is not of a trace. */
const MAX_VALUE_BYTES = 64 << 20;

const DAMAGED = 'This database is damaged: copy it again.';

interface Engine {
  readonly sqlite3: Sqlite3Static;
  readonly files: Map<string, ReadableFile>;
}

let engine: Promise<Engine> | null = null;
let openedCount = 0;

/**
 * An SQLite database where it lies, for reading only. Nothing in it is trusted: it cannot run functions
 * of its schema, write, attach or open anything else. Throws a `FileError` where the system does not give
 * the file, a `DatabaseError` where it is no database, or a damaged one.
 */
export async function openDatabase(path: string): Promise<Database> {
  const { sqlite3, files } = await (engine ??= startEngine());
  const file = openReadable(path);
  const name = `/${++openedCount}`;
  files.set(name, file);
  const database = new SqliteDatabase(sqlite3, file, () => {
    files.delete(name);
    closeSync(file.descriptor);
  });
  try {
    await database.open(name);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Loaded with the first database: most runs have none. */
async function startEngine(): Promise<Engine> {
  const { default: start } = await import('@sqlite.org/sqlite-wasm');
  const sqlite3 = await start();
  const files = new Map<string, ReadableFile>();
  installFileSystem(sqlite3, files);
  return { sqlite3, files };
}

function openReadable(path: string): ReadableFile {
  let descriptor = -1;
  try {
    descriptor = openSync(path, 'r');
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(descriptor, header, 0, header.length, 0);
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
      throw new DatabaseError(
        'This database is packed, and can only be read where it lies: unpack it.',
      );
    }
    const sizeBytes = fstatSync(descriptor).size;
    return { descriptor, sizeBytes, wholeBytes: wholeSize(header, sizeBytes), readBytes: 0 };
  } catch (error) {
    if (descriptor >= 0) {
      closeSync(descriptor);
    }
    throw error instanceof DatabaseError ? error : new FileError(path, error);
  }
}

/** What the file had before it was cut. https://www.sqlite.org/fileformat.html, "In-header database size" */
function wholeSize(header: Buffer, sizeBytes: number): number {
  const pageBytes = header.readUInt16BE(16);
  return Math.max(sizeBytes, header.readUInt32BE(28) * (pageBytes === 1 ? 65_536 : pageBytes));
}

class SqliteDatabase implements Database {
  readonly tables = new Map<string, readonly string[]>();
  readonly cutAt: number | null;
  readonly #capi: CAPI;
  #database: WasmPointer = 0;
  #isClosed = false;

  constructor(
    private readonly sqlite3: Sqlite3Static,
    private readonly file: ReadableFile,
    private readonly release: () => void,
  ) {
    this.#capi = sqlite3.capi;
    this.cutAt = file.wholeBytes > file.sizeBytes ? file.sizeBytes : null;
  }

  async open(name: string): Promise<void> {
    const capi = this.#capi;
    this.#database = this.#out((out) =>
      capi.sqlite3_open_v2(name, out, capi.SQLITE_OPEN_READONLY, FILE_SYSTEM),
    );
    const database = this.#database;
    capi.sqlite3_db_config(database, capi.SQLITE_DBCONFIG_DEFENSIVE, 1, 0);
    capi.sqlite3_db_config(database, capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, 0);
    capi.sqlite3_db_config(database, capi.SQLITE_DBCONFIG_ENABLE_VIEW, 0, 0);
    capi.sqlite3_db_config(database, capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, 0);
    capi.sqlite3_limit(database, capi.SQLITE_LIMIT_ATTACHED, 0);
    capi.sqlite3_limit(database, capi.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
    await this.#listTables();
  }

  readBytes(): number {
    return this.file.readBytes;
  }

  async select(sql: string, visit: (row: DatabaseRow) => void, signal: AbortSignal): Promise<void> {
    const capi = this.#capi;
    const statement = this.#out((out) => capi.sqlite3_prepare_v2(this.#database, sql, -1, out, 0));
    const row = new StatementRow(this.sqlite3, statement);
    const maxRows = Math.ceil(this.file.sizeBytes / MIN_ROW_BYTES);
    try {
      for (let count = 0; ; count++) {
        const result = row.step();
        if (result === capi.SQLITE_DONE) {
          return;
        }
        if (result !== capi.SQLITE_ROW) {
          throw this.#damage();
        }
        if (count > maxRows) {
          throw new DatabaseError(DAMAGED);
        }
        visit(row);
        if (count % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) {
          await setImmediate();
          signal.throwIfAborted();
        }
      }
    } finally {
      capi.sqlite3_finalize(statement);
    }
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#capi.sqlite3_close_v2(this.#database);
      this.release();
    }
  }

  async #listTables(): Promise<void> {
    const names: string[] = [];
    const { signal } = new AbortController();
    await this.select(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND length(name) < 200",
      (row) => names.push(row.text(0)),
      signal,
    );
    for (const name of names) {
      const columns: string[] = [];
      await this.select(
        `PRAGMA table_info("${name.replaceAll('"', '""')}")`,
        (row) => columns.push(row.text(1)),
        signal,
      );
      this.tables.set(name, columns);
    }
  }

  /** Calls a function of SQLite that gives a pointer through its last argument. */
  #out(call: (out: WasmPointer) => number): WasmPointer {
    const { wasm } = this.sqlite3;
    const stack = wasm.pstack.pointer;
    try {
      const out = wasm.pstack.allocPtr();
      wasm.pokePtr(out, 0);
      const result = call(out);
      const pointer = wasm.peekPtr(out);
      if (result !== this.#capi.SQLITE_OK) {
        throw this.#damage();
      }
      return pointer;
    } finally {
      wasm.pstack.restore(stack);
    }
  }

  #damage(): DatabaseError {
    const message = this.#capi.sqlite3_errmsg(this.#database);
    return new DatabaseError(`${DAMAGED} SQLite says: ${message}.`);
  }
}

/** SQLite's functions without the library's conversions, which take longer than what they convert. */
interface RawFunctions {
  sqlite3_step(statement: WasmPointer): number;
  sqlite3_column_type(statement: WasmPointer, column: number): number;
  sqlite3_column_double(statement: WasmPointer, column: number): number;
  sqlite3_column_text(statement: WasmPointer, column: number): WasmPointer;
  sqlite3_column_bytes(statement: WasmPointer, column: number): number;
}

const decoder = new TextDecoder();

class StatementRow implements DatabaseRow {
  readonly #raw: RawFunctions;

  constructor(
    private readonly sqlite3: Sqlite3Static,
    private readonly statement: WasmPointer,
  ) {
    this.#raw = sqlite3.wasm.exports as RawFunctions;
  }

  /** `SQLITE_ROW` where there is a next one. */
  step(): number {
    return this.#raw.sqlite3_step(this.statement);
  }

  number(column: number): number {
    const value = this.#raw.sqlite3_column_double(this.statement, column);
    return value !== 0 || this.#isNumber(column) ? value : NaN;
  }

  text(column: number): string {
    const from = this.#raw.sqlite3_column_text(this.statement, column);
    const length = this.#raw.sqlite3_column_bytes(this.statement, column);
    return length === 0
      ? ''
      : decoder.decode(this.sqlite3.wasm.heap8u().subarray(from, from + length));
  }

  #isNumber(column: number): boolean {
    const { SQLITE_INTEGER, SQLITE_FLOAT } = this.sqlite3.capi;
    const type = this.#raw.sqlite3_column_type(this.statement, column);
    return type === SQLITE_INTEGER || type === SQLITE_FLOAT;
  }
}
