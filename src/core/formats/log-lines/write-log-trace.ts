import { firstWhere } from '../../../base/first-where.ts';
import { type Phase, phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import { LOGICAL } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import type { LogNumber } from './log-dialect.ts';
import { layOutParts } from './lay-out-parts.ts';
import type { Layout } from './lay-out-steps.ts';
import type { KeptInterval, KeptStep, LogStream } from './log-stream.ts';

/** One rank of a log, with what its stream told where in time. */
export interface RankLog {
  /** Null where the log has one alone and does not tell which. */
  readonly rank: number | null;
  readonly stream: LogStream;
  readonly steps: readonly KeptStep[];
  readonly layout: Layout;
  /** Intervals that are steps. */
  readonly stepIntervals: readonly KeptInterval[];
  readonly otherIntervals: readonly KeptInterval[];
}

/** What runs beside the loop has a lane of its own. */
type LaneName = 'steps' | 'main' | 'beside';

/** Puts the steps of a rank into a trace: one lane of steps, one of their parts, and its numbers as counters. */
export class RankWriter {
  readonly #row = emptySpanRow();
  readonly #strings = new Map<string, number>();
  readonly #lanes = new Map<LaneName, number>();
  readonly #process: number;

  constructor(
    private readonly builder: TraceBuilder,
    private readonly rankLog: RankLog,
    private readonly baseUs: number,
    /** Whose the counters are; null where the file is of one rank. */
    private readonly counterRank: number | null,
  ) {
    const { rank } = rankLog;
    this.#process = builder.labels.internText(rank === null ? '' : String(rank));
  }

  write(): void {
    const { steps, layout, stepIntervals, otherIntervals, stream } = this.rankLog;
    steps.forEach((step, i) => {
      const { end, duration } = layout.steps[i];
      if (duration !== null) {
        this.#addStep(step.number, end - duration, duration, step.offset);
        this.#addParts(step, end - duration, duration);
      }
      // A value stands until the next, and this one is of the step.
      this.#addNumbers(step.numbers, end - (duration ?? 0));
    });
    for (const { step, startUs, endUs, offset } of stepIntervals) {
      this.#addStep(
        step ?? 0,
        this.#nsOf(startUs),
        this.#nsOf(endUs) - this.#nsOf(startUs),
        offset,
      );
    }
    const lane = areBeside(otherIntervals, stepIntervals) ? 'beside' : 'main';
    for (const interval of otherIntervals) {
      const start = this.#nsOf(interval.startUs);
      const duration = this.#nsOf(interval.endUs) - start;
      this.#addSpan(interval, lane, { start, duration, offset: interval.offset });
    }
    for (const { timeUs, numbers } of stream.numbers) {
      this.#addNumbers(numbers, this.#nsOf(timeUs));
    }
  }

  #nsOf(us: number): number {
    return Math.round((us - this.baseUs) * 1e3);
  }

  #addStep(number: number, start: number, duration: number, offset: number): void {
    const row = this.#row;
    row.start = start;
    row.duration = duration;
    row.name = this.#string('step');
    row.category = categoryIndex('step');
    row.lane = this.#lane('steps');
    row.step = number + 1;
    row.recordedPhase = 0;
    row.byteOffset = offset;
    this.builder.spans.push(row);
  }

  #addParts(step: KeptStep, start: number, duration: number): void {
    let clipped = 0;
    for (const placed of layOutParts(step.parts, start, duration)) {
      clipped += placed.isClipped ? 1 : 0;
      if (placed.duration > 0) {
        this.#addSpan(placed.part, 'main', {
          start: placed.start,
          duration: placed.duration,
          offset: step.offset,
        });
      }
    }
    this.builder.log.clip(clipped);
  }

  #addSpan(
    { name, phase }: { readonly name: string; readonly phase: Phase },
    lane: LaneName,
    at: { readonly start: number; readonly duration: number; readonly offset: number },
  ): void {
    const row = this.#row;
    row.start = at.start;
    row.duration = at.duration;
    row.name = this.#string(name);
    row.category = categoryIndex('recorded');
    row.lane = this.#lane(lane);
    row.step = 0;
    row.recordedPhase = phaseIndex(phase);
    row.byteOffset = at.offset;
    this.builder.spans.push(row);
  }

  #addNumbers(numbers: readonly LogNumber[], time: number): void {
    const { counters } = this.builder;
    for (const [name, value] of numbers) {
      counters.push(time, this.#string(name), value, this.counterRank);
    }
  }

  /** Names come again in every line. */
  #string(text: string): number {
    const row = this.#strings.get(text) ?? this.builder.strings.internText(text);
    this.#strings.set(text, row);
    return row;
  }

  #lane(name: LaneName): number {
    const known = this.#lanes.get(name);
    if (known !== undefined) {
      return known;
    }
    const { labels, lanes, names } = this.builder;
    const place = lanes.place(this.#process, labels.internText(name));
    names.threads.set(place, name);
    names.sortIndices.set(place, name === 'steps' ? -1 : 0);
    const lane = lanes.lane(place, LOGICAL);
    this.#lanes.set(name, lane);
    return lane;
  }
}

/** Whether any of them reaches over a border of steps, as evaluation that another process does. */
function areBeside(intervals: readonly KeptInterval[], steps: readonly KeptInterval[]): boolean {
  const starts = steps.map(({ startUs }) => startUs).sort((a, b) => a - b);
  const ends = steps.map(({ endUs }) => endUs).sort((a, b) => a - b);
  const upTo = (sorted: readonly number[], us: number): number =>
    firstWhere(0, sorted.length, (row) => sorted[row] > us);
  return intervals.some(({ startUs, endUs }) => {
    const last = Math.max(startUs, endUs - 1);
    return [starts, ends].some((borders) => upTo(borders, startUs) !== upTo(borders, last));
  });
}
