import type { Trace, TraceMeta } from '../model/trace.ts';
import type { ByteSource } from './byte-source.ts';
import { DatabaseError } from './database.ts';
import type { ReadOptions } from './format.ts';
import { ExportReader } from './nsys/export-reader.ts';
import { TraceBuilder } from './trace/trace-builder.ts';

/** One kind of database that holds a timeline. */
export interface DatabaseKind {
  readonly meta: Omit<TraceMeta, 'originNs'>;
  /** What is said where the bytes are of no file. */
  readonly onlyAsFile: string;
  /** What to do where it is damaged. */
  readonly again: string;
}

/** The trace that `read` makes of the tables; where the database cannot be opened, one that says so. */
export async function readDatabase(
  source: ByteSource,
  options: ReadOptions,
  kind: DatabaseKind,
  read: (reader: ExportReader) => Promise<Trace>,
): Promise<Trace> {
  if (options.openDatabase === undefined) {
    return unreadableDatabase(kind, kind.onlyAsFile);
  }
  try {
    const database = await options.openDatabase();
    try {
      return await read(new ExportReader(database, source.sizeBytes, options));
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof DatabaseError) {
      return unreadableDatabase(kind, `${error.message} ${kind.again}`);
    }
    throw error;
  }
}

export function unreadableDatabase({ meta }: DatabaseKind, reason: string): Trace {
  const builder = new TraceBuilder();
  builder.log.describe('unreadable', 0, reason, new Uint8Array(0));
  return builder.finish({ clockZeroNs: null, meta, showsProcess: false, byteLength: 0 });
}
