import type { Spillable } from '../../base/spill-cache.ts';
import type { FlightRecord } from './flight-record.ts';

/**
 * One row for each timed interval, half open: [start, start + duration).
 * Ordered by lane, then by start, then longest first, so that a parent comes before its children
 * and the spans of a lane are the rows [lane.first, lane.first + lane.count).
 */
export interface Spans {
  readonly length: number;
  /** Since the trace's origin. */
  readonly start: Float64Array<ArrayBuffer>;
  readonly duration: Float64Array<ArrayBuffer>;
  readonly name: Uint32Array<ArrayBuffer>;
  readonly lane: Uint32Array<ArrayBuffer>;
  /** Index into `SPAN_CATEGORIES`. */
  readonly category: Uint8Array<ArrayBuffer>;
  /** Joins a launch on the host to its work on the device; 0 is none; null where no span has one. */
  readonly correlation: Uint32Array<ArrayBuffer> | null;
  /** Joins work on the device to the operator that asked for it; 0 is none; null where no span has one. */
  readonly externalId: Uint32Array<ArrayBuffer> | null;
  /** Where the event begins in the file after decompression, in bytes. */
  readonly byteOffset: Float64Array<ArrayBuffer>;
  /** Source file as recorded by a span file; null where no span has one. */
  readonly file: Uint32Array<ArrayBuffer> | null;
  /** Source line, from 1; 0 is none. */
  readonly line: Uint32Array<ArrayBuffer> | null;
  /** The step number that a span file gives, plus 1; 0 is none. */
  readonly step: Uint32Array<ArrayBuffer> | null;
  /** Index into `PHASES`, as recorded by a span file. */
  readonly recordedPhase: Uint8Array<ArrayBuffer> | null;
  /** Call stack as text, frames separated by `;`, innermost first. */
  readonly stack: Uint32Array<ArrayBuffer> | null;
  /** The part of the model that an operation is of, where a stage holds several, plus 1; 0 is none. */
  readonly modelChunk?: Uint32Array<ArrayBuffer> | null;
  /**
   * Autograd's number of the next node when the operator ran, plus 1; of a backward operator that of the forward
   * one; 0 is none, as of operators that need no gradients.
   */
  readonly autograd?: Uint32Array<ArrayBuffer> | null;
}

/** What a lane is: a host thread, a device stream, annotations mirrored onto a device, or other. */
export type LaneKind = 'thread' | 'stream' | 'device-annotations' | 'logical';

/** The place of a rank in a job that is split by data, by layers and by tensors; each counts from 0. */
export interface WorkerPlace {
  readonly rank: number;
  readonly dataRank: number;
  /** Of the pipeline. */
  readonly stage: number;
  readonly tensorRank: number;
}

/** A row of the timeline: a thread, a stream, a track of a span file. */
export interface Lane {
  readonly kind: LaneKind;
  readonly name: string;
  readonly processId: string;
  readonly threadId: string;
  /** Local device index of a stream; null for the host. */
  readonly device: number | null;
  readonly first: number;
  readonly count: number;
  /** Whose it is, where one file holds several ranks and tells no more of them. */
  readonly rank?: number;
  /** Whose it is, where a timeline of operations tells the place in the job as well. */
  readonly worker?: WorkerPlace;
}

/** What the recorder knew of each collective; one row a span that carries it, ordered by span. */
export interface Collectives {
  readonly length: number;
  readonly span: Uint32Array<ArrayBuffer>;
  /** Operation, such as `allreduce`. */
  readonly operation: Uint32Array<ArrayBuffer>;
  /** Process group. */
  readonly group: Uint32Array<ArrayBuffer>;
  /** Number in its group's order; -1 is unknown. */
  readonly sequence: Float64Array<ArrayBuffer>;
  /** Message size in elements; -1 is unknown. */
  readonly elements: Float64Array<ArrayBuffer>;
}

/** One end of an arrow between spans, in file order. */
export interface Flows {
  readonly length: number;
  readonly id: Float64Array<ArrayBuffer>;
  readonly time: Float64Array<ArrayBuffer>;
  readonly lane: Uint32Array<ArrayBuffer>;
  readonly name: Uint32Array<ArrayBuffer>;
  /** 0 starts, 1 steps, 2 ends. */
  readonly part: Uint8Array<ArrayBuffer>;
}

/** Sampled values, in file order. */
export interface Counters {
  readonly length: number;
  readonly time: Float64Array<ArrayBuffer>;
  readonly series: Uint32Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
  /** Whose it is plus 1, where one file has counters of several ranks; 0 is none. */
  readonly rank?: Uint32Array<ArrayBuffer>;
}

/** Moments without duration, in file order. */
export interface Instants {
  readonly length: number;
  readonly time: Float64Array<ArrayBuffer>;
  readonly lane: Uint32Array<ArrayBuffer>;
  readonly name: Uint32Array<ArrayBuffer>;
}

export interface Device {
  readonly index: number;
  readonly name: string;
  readonly memoryBytes: number | null;
  /** CUDA compute capability such as 8.0; null where unknown. */
  readonly computeCapability: number | null;
}

/** The step records of one epoch of a span file. */
export interface EpochRecord {
  /** Null where they name none. */
  readonly epoch: number | null;
  readonly steps: number;
  /** Of all of them together; null where one does not tell. */
  readonly samples: number | null;
}

/** Which text of a source file ran, as the recorder wrote it. */
export interface RecordedSource {
  /** As in the spans. */
  readonly file: string;
  /** Git's id of the text: the SHA-1 of `blob <length>\0<text>`. */
  readonly blob: string;
  /** The same with line ends as git keeps them, where the text has those of Windows. */
  readonly blobLf?: string;
  /** What HEAD of its repository pointed to; the text may have been edited since. */
  readonly commit?: string;
}

export interface TraceMeta {
  /** Id of the format that read it, such as `kineto`. */
  readonly format: string;
  /** From the file itself; null where only the name can tell. */
  readonly rank: number | null;
  readonly worldSize: number | null;
  readonly backend: string | null;
  readonly runName: string | null;
  readonly script: string | null;
  readonly devices: readonly Device[];
  /** Unix time of the trace's time 0; null where the clock is not absolute. */
  readonly originNs: bigint | null;
  /** The clock that all processes of one machine share, with the machine's name; null or absent where nothing tells. */
  readonly hostClock?: string | null;
  readonly hasStacks: boolean;
  /** What the script recorded of its configuration, values as text; absent where it recorded nothing. */
  readonly config?: ReadonlyMap<string, string>;
  /** In the order of the file; absent where there are no step records. */
  readonly epochs?: readonly EpochRecord[];
  /** One a file; absent where nothing tells. */
  readonly sources?: readonly RecordedSource[];
  /** Absent but for dumps of NCCL's flight recorder. */
  readonly flightRecord?: FlightRecord;
  /** Absent where it wrote none. */
  readonly messages?: readonly ProfilerMessage[];
}

/** A warning or an error that the profiler wrote into its own file. */
export interface ProfilerMessage {
  readonly level: 'warning' | 'error';
  readonly text: string;
  /** How often it stands there, with other numbers in it. */
  readonly count: number;
}

/** Something wrong with the content of a file. */
export interface Problem {
  /** Of a `remark` no event is concerned; what was `left-out` was not even looked at. */
  readonly kind: 'repaired' | 'dropped' | 'cut' | 'unreadable' | 'remark' | 'left-out' | 'limited';
  /** In bytes, after decompression. */
  readonly byteOffset: number;
  readonly reason: string;
  /** The first bytes concerned, as text, at most 120 characters. */
  readonly excerpt: string;
}

/** The numbers of the first and the last step that were read, and how many there are in all. */
export interface ReadSteps {
  readonly first: number;
  readonly last: number;
  readonly of: number;
}

/** `read = kept + dropped`; repaired and clipped events are among the kept. */
export interface EventCounts {
  readonly read: number;
  readonly kept: number;
  readonly repaired: number;
  readonly dropped: number;
  readonly clipped: number;
}

/** The content of one file: the events of one rank as columns. Never changed once made. */
export interface Trace {
  readonly meta: TraceMeta;
  /** Row 0 is the empty string. */
  readonly strings: readonly string[];
  readonly lanes: readonly Lane[];
  readonly spans: Spans;
  readonly collectives: Collectives;
  readonly flows: Flows;
  readonly counters: Counters;
  readonly instants: Instants;
  readonly counts: EventCounts;
  /** The first problems found, at most 100; `counts` has them all. */
  readonly problems: readonly Problem[];
  /** Where only some of its steps were read, which; absent where all were. */
  readonly readSteps?: ReadSteps | null;
  /** Bytes read after decompression. */
  readonly byteLength: number;
  /** Where the columns are, and what is derived from them, in runs of many ranks; absent where they stay in memory. */
  readonly spillable?: Spillable;
}
