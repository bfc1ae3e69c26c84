import type { Phase } from '../../model/phase.ts';
import type { ProblemLog } from '../trace/problem-log.ts';
import type { Start, ToldStep } from './lay-out-steps.ts';
import type { LogEdge, LogNumber, LogPart, LogRecord, LogStep, LogTotal } from './log-dialect.ts';

/** A line of a step on its way into the trace. */
export interface KeptStep extends ToldStep {
  readonly isMean: boolean;
  readonly numbers: readonly LogNumber[];
  readonly parts: LogPart[];
  readonly offset: number;
}

/** An interval of which both ends are told, microseconds of the clock. */
export interface KeptInterval {
  readonly name: string;
  readonly phase: Phase;
  readonly startUs: number;
  readonly endUs: number;
  readonly step: number | null;
  readonly offset: number;
}

export interface KeptNumbers {
  readonly timeUs: number;
  readonly numbers: readonly LogNumber[];
}

interface OpenEdge {
  readonly edge: LogEdge;
  readonly offset: number;
}

/** Intervals that never end are no more than processes of a job. */
const MAX_OPEN = 10_000;

const NO_BYTES = new Uint8Array(0);

/** What one logger tells of one rank, in the order of the file. */
export class LogStream {
  readonly steps: KeptStep[] = [];
  readonly intervals: KeptInterval[] = [];
  readonly numbers: KeptNumbers[] = [];
  readonly totals: LogTotal[] = [];
  start: Start | null = null;
  readonly #open = new Map<string, OpenEdge>();

  constructor(private readonly log: ProblemLog) {}

  /** Whether the line told something: parts need a step before them. */
  take(record: LogRecord, timeUs: number | null, offset: number): boolean {
    switch (record.kind) {
      case 'step':
        this.#takeStep(record, timeUs, offset);
        return true;
      case 'parts':
        return this.#takeParts(record.parts);
      case 'start':
        this.start = { number: record.number, endUs: timeUs };
        return false;
      case 'numbers':
        if (record.numbers.length > 0) {
          this.numbers.push(record);
        }
        return true;
      case 'total':
        this.totals.push(record);
        return true;
      default:
        this.#takeEdge(record, offset);
        return true;
    }
  }

  /** The first moment that it tells, microseconds; null where it tells none. */
  get firstUs(): number | null {
    const first = this.intervals.at(0)?.startUs ?? this.numbers.at(0)?.timeUs;
    return first ?? this.steps.at(0)?.endUs ?? null;
  }

  /** No more lines come: intervals that are open have no end. */
  finish(): void {
    for (const { edge, offset } of this.#open.values()) {
      this.#dropBegin(edge.name, offset);
    }
    this.#open.clear();
  }

  #takeStep(step: LogStep, endUs: number | null, offset: number): void {
    const { number, durationMs, totalMs, isMean, numbers, parts } = step;
    this.steps.push({
      number,
      durationMs,
      totalMs,
      endUs,
      isMean,
      numbers,
      parts: [...parts],
      offset,
    });
  }

  #takeParts(parts: readonly LogPart[]): boolean {
    const step = this.steps.at(-1);
    const added = parts.filter(({ name }) => step?.parts.every((known) => known.name !== name));
    step?.parts.push(...added);
    return added.length > 0;
  }

  #takeEdge(edge: LogEdge, offset: number): void {
    const open = this.#open.get(edge.key);
    if (edge.kind === 'begin') {
      this.#begin(edge, open, offset);
      return;
    }
    this.#open.delete(edge.key);
    if (open === undefined || edge.timeUs < open.edge.timeUs) {
      this.log.unkeep(open === undefined ? 1 : 2);
      const reason = `${edge.name} ends without a beginning before it`;
      this.log.describe('dropped', offset, reason, NO_BYTES);
      return;
    }
    this.intervals.push({
      name: edge.name,
      phase: edge.phase,
      startUs: open.edge.timeUs,
      endUs: edge.timeUs,
      step: edge.step,
      offset: open.offset,
    });
  }

  #begin(edge: LogEdge, open: OpenEdge | undefined, offset: number): void {
    const isRoom = open !== undefined || this.#open.size < MAX_OPEN;
    if (open !== undefined || !isRoom) {
      this.#dropBegin(edge.name, open?.offset ?? offset);
    }
    if (isRoom) {
      this.#open.set(edge.key, { edge, offset });
    }
  }

  #dropBegin(name: string, offset: number): void {
    this.log.unkeep(1);
    this.log.describe('dropped', offset, `${name} begins and does not end`, NO_BYTES);
  }
}
