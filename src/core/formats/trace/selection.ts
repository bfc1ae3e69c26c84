import type { StringTable } from '../../../base/string-table.ts';
import { categoryIndex } from '../../model/span-category.ts';
import type { SpanRow } from './span-columns.ts';

/** Says which events of a file become part of a trace; times are those of the builder. */
export interface Selection {
  takesSpan(row: SpanRow, strings: StringTable): boolean;
  /** Of an instant, a counter, an arrow or one end of a span. */
  takesTime(ns: number): boolean;
}

/** Why an event is not read that is not of the window; for the log, not for people. */
export const OUTSIDE = 'outside of what is read';

/** Thrown by a limit: to be caught by whoever set it. */
export class TooManyEvents extends Error {
  override readonly name = 'TooManyEvents';
}

/** Takes all, and throws when it is too much. */
export class EventLimit implements Selection {
  #count = 0;

  constructor(private readonly maxEvents: number) {}

  takesSpan(): boolean {
    return this.takesTime();
  }

  takesTime(): boolean {
    if (++this.#count > this.maxEvents) {
      throw new TooManyEvents();
    }
    return true;
  }
}

export interface StepMark {
  readonly step: number;
  readonly startNs: number;
  readonly endNs: number;
}

/** Takes nothing, and learns how many events there are, and when which step was. */
export class StepSurvey implements Selection {
  readonly marks: StepMark[] = [];
  eventCount = 0;
  firstNs = Infinity;
  lastNs = -Infinity;
  readonly #steps = new StepNames();

  takesSpan(row: SpanRow, strings: StringTable): boolean {
    const step = row.category === DEVICE_ANNOTATION ? null : this.#steps.stepOf(row, strings);
    if (step !== null) {
      this.marks.push({ step, startNs: row.start, endNs: row.start + row.duration });
    }
    return this.takesTime(row.start);
  }

  takesTime(ns: number): false {
    this.eventCount++;
    this.firstNs = Math.min(this.firstNs, ns);
    this.lastNs = Math.max(this.lastNs, ns);
    return false;
  }
}

/** Takes what happens within an interval; of the marks of steps only those that are wholly in it. */
export class TimeSelection implements Selection {
  takenCount = 0;
  readonly #steps = new StepNames();

  /** `tailNs`: so much longer the work goes on that the last of the steps began. */
  constructor(
    private readonly interval: { readonly startNs: number; readonly endNs: number },
    private readonly tailNs: number,
  ) {}

  takesSpan(row: SpanRow, strings: StringTable): boolean {
    const { startNs, endNs } = this.interval;
    const rowEndNs = row.start + row.duration;
    const tailEndNs = endNs + this.tailNs;
    const isMark = this.#steps.stepOf(row, strings) !== null;
    const isMirrored = row.category === DEVICE_ANNOTATION;
    const isTaken = isMark
      ? row.start >= startNs && rowEndNs <= (isMirrored ? tailEndNs : endNs)
      : rowEndNs > startNs && row.start < tailEndNs;
    return this.#note(isTaken);
  }

  takesTime(ns: number): boolean {
    return this.#note(ns >= this.interval.startNs && ns < this.interval.endNs + this.tailNs);
  }

  #note(isTaken: boolean): boolean {
    this.takenCount += isTaken ? 1 : 0;
    return isTaken;
  }
}

const STEP = categoryIndex('step');
const ANNOTATION = categoryIndex('annotation');
const DEVICE_ANNOTATION = categoryIndex('device-annotation');
const STEP_NAME = /^ProfilerStep#(\d{1,9})$/;

/** Which step a span marks; null where it marks none. */
class StepNames {
  readonly #stepByName: (number | null | undefined)[] = [];

  stepOf({ category, name, step }: SpanRow, strings: StringTable): number | null {
    if (category === STEP) {
      return step > 0 ? step - 1 : null;
    }
    if (category !== ANNOTATION && category !== DEVICE_ANNOTATION && category !== CPU_OPERATOR) {
      return null;
    }
    let known = this.#stepByName[name];
    if (known === undefined) {
      const digits = STEP_NAME.exec(strings.text(name))?.[1];
      known = digits === undefined ? null : Number(digits);
      this.#stepByName[name] = known;
    }
    return known;
  }
}

/** As the profiler of 2020 wrote them. */
const CPU_OPERATOR = categoryIndex('cpu-op');
