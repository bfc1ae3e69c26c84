import { readSync } from 'node:fs';
import type {
  CAPI,
  sqlite3_io_methods,
  sqlite3_vfs,
  Sqlite3Result,
  Sqlite3Static,
  WasmPointer,
} from '@sqlite.org/sqlite-wasm';

/** The name under which SQLite knows the files of Node, for reading only. */
export const FILE_SYSTEM = 'read-only-node';

/** A file that SQLite may read. */
export interface ReadableFile {
  readonly descriptor: number;
  readonly sizeBytes: number;
  /** What SQLite is told: of a file that was cut, the size that it had; what is missing reads as damage. */
  readonly wholeBytes: number;
  /** Bytes given so far. */
  readBytes: number;
}

type MethodsOf<T> = { [K in keyof T as K extends `x${string}` ? K : never]?: T[K] };
type OpenFiles = Map<WasmPointer, ReadableFile>;

const SECTOR_BYTES = 4096;

/**
 * Gives SQLite the files of this map by name and nothing else: no journals, no writes, no other file
 * that a database might name. https://www.sqlite.org/vfs.html
 */
export function installFileSystem(
  sqlite3: Sqlite3Static,
  named: ReadonlyMap<string, ReadableFile>,
): void {
  const { capi, vfs } = sqlite3;
  const open: OpenFiles = new Map();
  const io = new capi.sqlite3_io_methods();
  io.iVersion = 1;
  const system = new capi.sqlite3_vfs();
  system.$iVersion = 1;
  system.$mxPathname = 256;
  const anyFile = new capi.sqlite3_file();
  system.$szOsFile = anyFile.structInfo.sizeof;
  anyFile.dispose();
  const xOpen: sqlite3_vfs['xOpen'] = (_, name, file, flags, outFlags) => {
    const known = name === 0 ? undefined : named.get(sqlite3.wasm.cstrToJs(name) ?? '');
    if (known === undefined || (flags & capi.SQLITE_OPEN_MAIN_DB) === 0) {
      return capi.SQLITE_CANTOPEN;
    }
    open.set(file, known);
    const struct = new capi.sqlite3_file(file);
    struct.$pMethods = io.pointer;
    struct.dispose();
    if (outFlags !== 0) {
      sqlite3.wasm.poke32(outFlags, capi.SQLITE_OPEN_READONLY);
    }
    return capi.SQLITE_OK;
  };
  vfs.installVfs({
    io: { struct: io, methods: fileMethods(sqlite3, open) },
    vfs: { struct: system, name: FILE_SYSTEM, methods: { xOpen, ...systemMethods(sqlite3) } },
  });
}

function fileMethods(
  { capi, wasm }: Sqlite3Static,
  open: OpenFiles,
): MethodsOf<sqlite3_io_methods> {
  const refuse = (): Sqlite3Result => capi.SQLITE_READONLY;
  const agree = (): Sqlite3Result => capi.SQLITE_OK;
  return {
    xClose(file) {
      open.delete(file);
      return capi.SQLITE_OK;
    },
    xRead: (file, buffer, length, offset: number | bigint) =>
      readInto(open.get(file), wasm.heap8u().subarray(buffer, buffer + length), {
        // A bigint, whatever the types say.
        offset: Number(offset),
        capi,
      }),
    xWrite: refuse,
    xTruncate: refuse,
    xSync: agree,
    xFileSize(file, size) {
      wasm.poke64(size, BigInt(open.get(file)?.wholeBytes ?? 0));
      return capi.SQLITE_OK;
    },
    xLock: agree,
    xUnlock: agree,
    xCheckReservedLock(_, result) {
      wasm.poke32(result, 0);
      return capi.SQLITE_OK;
    },
    xFileControl: () => capi.SQLITE_NOTFOUND,
    xSectorSize: () => SECTOR_BYTES as Sqlite3Result,
    // Nobody else writes while we read: SQLite then takes no locks and looks for no journal.
    xDeviceCharacteristics: () => capi.SQLITE_IOCAP_IMMUTABLE as number as Sqlite3Result,
  };
}

function systemMethods({ capi, wasm }: Sqlite3Static): MethodsOf<sqlite3_vfs> {
  return {
    xDelete: () => capi.SQLITE_READONLY,
    xAccess(_vfs, _name, _flags, result) {
      wasm.poke32(result, 0);
      return capi.SQLITE_OK;
    },
    xFullPathname: (_, name, length, out) =>
      wasm.cstrncpy(out, name, length) < length ? capi.SQLITE_OK : capi.SQLITE_CANTOPEN,
    xRandomness(_, length, out) {
      wasm.heap8u().fill(0, out, out + length);
      return length as Sqlite3Result;
    },
    xSleep: () => capi.SQLITE_OK,
    xCurrentTime(_, out) {
      wasm.poke64f(out, 0);
      return capi.SQLITE_OK;
    },
  };
}

/**
 * What lies behind the end reads as zeros, as SQLite asks for; so does a page that lacks its end, for its
 * rows would be half true.
 */
function readInto(
  file: ReadableFile | undefined,
  target: Uint8Array,
  { offset, capi }: { readonly offset: number; readonly capi: CAPI },
): Sqlite3Result {
  if (file === undefined) {
    return capi.SQLITE_IOERR_READ;
  }
  let length = 0;
  try {
    for (let more = -1; more !== 0 && length < target.length; length += more) {
      more = readSync(file.descriptor, target, length, target.length - length, offset + length);
    }
  } catch {
    return capi.SQLITE_IOERR_READ;
  }
  file.readBytes += length;
  target.fill(0, offset === 0 || length === target.length ? length : 0);
  return length < target.length ? capi.SQLITE_IOERR_SHORT_READ : capi.SQLITE_OK;
}
