import type { Phase } from '../../model/phase.ts';
import type { LogLine } from './log-line.ts';

/** A part of a step, milliseconds. `inside` names the part that it lies in. */
export interface LogPart {
  readonly name: string;
  readonly phase: Phase;
  readonly ms: number;
  readonly inside?: string;
}

/** A number beside a step: loss, tokens/s, memory. */
export type LogNumber = readonly [name: string, value: number];

/** One line that tells of a step, milliseconds; what it does not tell is null. */
export interface LogStep {
  readonly kind: 'step';
  readonly number: number;
  readonly durationMs: number | null;
  /** The time of all steps until now. */
  readonly totalMs: number | null;
  /** Whether the time is the mean of the steps since the line before. */
  readonly isMean: boolean;
  readonly numbers: readonly LogNumber[];
  readonly parts: readonly LogPart[];
}

/** Parts of the step of the line before. */
export interface LogParts {
  readonly kind: 'parts';
  readonly parts: readonly LogPart[];
}

/** One end of an interval, in microseconds of the clock; `key` joins the two. */
export interface LogEdge {
  readonly kind: 'begin' | 'end';
  readonly key: string;
  readonly name: string;
  readonly phase: Phase;
  readonly timeUs: number;
  /** Null where it is no step; of the two ends, the last one tells the number. */
  readonly step: number | null;
}

/** Training begins at the time of the line, after the step of this number. */
export interface LogStart {
  readonly kind: 'start';
  readonly number: number;
}

/** Numbers at a time in microseconds; without them the line is kept and nothing is drawn. */
export interface LogNumbers {
  readonly kind: 'numbers';
  readonly timeUs: number;
  readonly numbers: readonly LogNumber[];
}

/** A row of a table of totals: what an action took in all, milliseconds. */
export interface LogTotal {
  readonly kind: 'total';
  /** `batch` is the whole of a step but for its loading. */
  readonly action: 'data' | 'batch' | 'forward' | 'backward' | 'optimizer';
  readonly name: string;
  readonly totalMs: number;
  readonly calls: number;
}

export type LogRecord = LogStep | LogParts | LogEdge | LogStart | LogNumbers | LogTotal;

/** The lines of one logger. A new one is a file in `log-dialects`, a line in its list and a fixture. */
export interface LogDialect {
  readonly id: string;
  /** What all lines that it reads have in common, as the source of an expression: most lines of a log have none of it. */
  readonly hint: string;
  /** Whether a file is of a whole job, and a number in its name counts runs rather than ranks. */
  readonly isOfJob: boolean;
  /** Whether a line that it reads was certainly whole: the last of a file may be cut. */
  readonly isClosed: boolean;
  /** For people, where a step is not one of the training loop. */
  readonly stepIs?: string;
  /** What the line tells; null where it is none of this logger's, a reason where it cannot be read. */
  read(line: LogLine): LogRecord | string | null;
}
