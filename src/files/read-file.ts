import type { ReadOptions } from '../core/formats/format.ts';
import { readTrace } from '../core/formats/read-trace.ts';
import type { Trace } from '../core/model/trace.ts';
import { inflateBytes } from './inflate-bytes.ts';
import { openDatabase } from './open-database.ts';
import { openFile } from './open-file.ts';

/** What a reader of files decides for the formats, which know no files. */
export type FileReadOptions = Omit<ReadOptions, 'openDatabase' | 'inflate' | 'selection'>;

/** Reads a file on this thread. Throws a `FileError` where the system does not give it. */
export async function readFile(path: string, options: FileReadOptions): Promise<Trace> {
  const source = await openFile(path);
  return await readTrace(source, {
    ...options,
    openDatabase: () => openDatabase(path),
    inflate: inflateBytes,
  });
}
