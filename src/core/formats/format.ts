import type { ReadSteps, Trace } from '../model/trace.ts';
import type { ByteSource } from './byte-source.ts';
import type { Database } from './database.ts';
import type { MetricMapping } from './metric-files/metric-mapping.ts';
import type { PartPlace, TracePart } from './parts.ts';
import type { Selection } from './trace/selection.ts';

/** What the first bytes of a file tell, before it is read. */
export interface Head {
  /** At most the first 64 KiB, decompressed; of plain text 256 KiB. */
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Of more events, only those of some steps are read, where the format can; without it all are. */
  readonly maxEvents?: number | undefined;
  /** Which steps these are to be, if the file has them. */
  readonly steps?: ReadSteps | undefined;
  /** For formats: which events become part of the trace; without it all do. */
  readonly selection?: Selection;
  /** Called now and then with the number of compressed bytes consumed. */
  readonly onProgress?: (consumedBytes: number) => void;
  /**
   * The file as a database, for a format that is one; absent where the bytes are of no file. Throws a
   * `DatabaseError` where it is packed or damaged.
   */
  readonly openDatabase?: () => Promise<Database>;
  /** Which columns of the file hold what, where the project says it: then it is one of metrics. */
  readonly metricMapping?: MetricMapping | null;
  /**
   * Unpacks what zlib packed; null where it is damaged or would be longer than that. Absent where nothing
   * unpacks within files.
   */
  readonly inflate?: (packed: Uint8Array, maxBytes: number) => Uint8Array | null;
}

/** The sureness of a format that can only tell by reading on: without events it was another. */
export const GUESS = 0.1;

/** One kind of file. A new one is a file beside this, a line in the registry and a fixture. */
export interface Format {
  /** The file's name: `kineto`. */
  readonly id: string;
  /** For people: `PyTorch profiler (Kineto)`. */
  readonly title: string;
  /** How sure the first bytes make it, 0 to 1; the surest format wins. */
  recognize(head: Head): number;
  /** Rank and the like as far as the first bytes tell; for grouping files before reading them. */
  identify(head: Head): Identity;
  /** Never throws for content: what is wrong is counted and described in the trace. */
  read(source: ByteSource, options: ReadOptions): Promise<Trace>;
  /** How a large file of it is read by several threads; absent where it is read as a whole. */
  readonly parts?: PartReader;
}

/** How the parts of a file of one format are read, and become one trace. */
export interface PartReader {
  /** A part that does not begin the file. */
  readPart(source: ByteSource, place: PartPlace, options: ReadOptions): Promise<TracePart>;
  readFirst(source: ByteSource, place: PartPlace, options: ReadOptions): Promise<FirstPart>;
}

export interface FirstPart {
  /**
   * The trace that the whole file gives; null where only reading it as a whole tells. Takes the other
   * parts out of their array, so that none is in memory for longer than it needs to be.
   */
  join(others: TracePart[]): Trace | null;
}

export interface Identity {
  readonly rank: number | null;
  readonly worldSize: number | null;
  readonly runName: string | null;
}
