import { categoryIndex } from '../../model/span-category.ts';
import type { DatabaseRow } from '../database.ts';
import { LOGICAL } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import { type ExportReader, processIn, textIn, threadIn } from './export-reader.ts';
import { threadLane, threadPlace } from './host-rows.ts';
import { type RangeName, readRangeName } from './range-name.ts';

const TABLE = 'NVTX_EVENTS';
const NO_BYTES = new Uint8Array(0);

/** `ENUM_NSYS_EVENT_TYPE`: the same in all schemas. */
const MARK = new Set([34, 65]);
const PUSH_POP = new Set([59, 70]);
const START_END = new Set([60, 71]);
/** Names of categories, threads and domains, and the end of a domain. */
const NAMES = new Set([33, 39, 75, 76]);

const CATEGORIES = {
  annotation: categoryIndex('annotation'),
  operator: categoryIndex('cpu-op'),
  step: categoryIndex('step'),
};

/** Columns of a row. */
const COLUMN = {
  start: 0,
  end: 1,
  type: 2,
  process: 3,
  thread: 4,
  domain: 5,
  text: 6,
  textId: 7,
} as const;

/**
 * Ranges and marks of the script and of libraries. Ranges that were pushed and popped nest on their thread; those
 * that may start on one thread and end on another have a lane of their own. A range that the recording
 * cut ends with it.
 */
export async function readNvtx(
  reader: ExportReader,
  texts: ReadonlyMap<number, string>,
): Promise<void> {
  const rows = new NvtxRows(reader, texts);
  await reader.each(
    TABLE,
    [
      reader.timeIn('start'),
      reader.timeIn('end'),
      'eventType',
      processIn('globalTid'),
      threadIn('globalTid'),
      'domainId',
      textIn('text'),
      'textId',
    ],
    (row) => rows.add(row),
  );
  rows.closeOpen();
}

/** What is asked of a name again and again. */
interface KnownName extends RangeName {
  readonly id: number;
}

/** Most texts come again; those with a number of their own need not be kept. */
const MAX_KNOWN_TEXTS = 100_000;

class NvtxRows {
  readonly #known = new Map<string, KnownName>();
  readonly #open: { readonly start: number; readonly row: ReturnType<typeof emptySpanRow> }[] = [];
  readonly #span = { ...emptySpanRow(), byteOffset: -1 };

  constructor(
    private readonly reader: ExportReader,
    private readonly texts: ReadonlyMap<number, string>,
  ) {}

  add(row: DatabaseRow): void {
    const type = row.number(COLUMN.type);
    if (PUSH_POP.has(type) || START_END.has(type)) {
      this.#addRange(row, START_END.has(type));
    } else if (MARK.has(type)) {
      this.#addMark(row);
    } else if (NAMES.has(type)) {
      this.reader.builder.log.keep();
    } else {
      this.reader.builder.log.drop(0, `a row of ${TABLE} is of a type that is not known`, NO_BYTES);
    }
  }

  /** Ends what never ended with the recording. */
  closeOpen(): void {
    const { spans, log } = this.reader.builder;
    const { last } = spans.bounds();
    for (const { start, row } of this.#open) {
      spans.push({ ...row, duration: Math.max(0, last - start) });
    }
    log.clip(this.#open.length);
  }

  #addRange(row: DatabaseRow, isAcrossThreads: boolean): void {
    const { builder } = this.reader;
    const start = row.number(COLUMN.start);
    const end = row.number(COLUMN.end);
    const isOpen = Number.isNaN(end);
    const interval = this.reader.interval(TABLE, start, isOpen ? start : end);
    if (interval === null) {
      return;
    }
    const known = this.#nameOf(row);
    const span = this.#span;
    span.start = interval.start;
    span.duration = interval.duration;
    span.name = known.id;
    span.autograd = known.autograd;
    span.step = known.step;
    span.category =
      known.step > 0
        ? CATEGORIES.step
        : known.isOperator
          ? CATEGORIES.operator
          : CATEGORIES.annotation;
    span.lane = isAcrossThreads
      ? this.#ownLane(row)
      : threadLane(this.reader, row.number(COLUMN.process), row.number(COLUMN.thread));
    if (isOpen) {
      this.#open.push({ start: interval.start, row: { ...span } });
    } else {
      builder.spans.push(span);
    }
  }

  #addMark(row: DatabaseRow): void {
    const { builder } = this.reader;
    const start = row.number(COLUMN.start);
    const interval = this.reader.interval(TABLE, start, start);
    if (interval !== null) {
      const place = threadPlace(this.reader, row.number(COLUMN.process), row.number(COLUMN.thread));
      builder.instants.push(interval.start, place, this.#nameOf(row).id);
    }
  }

  #ownLane(row: DatabaseRow): number {
    const { lanes } = this.reader.builder;
    const process = this.reader.label(row.number(COLUMN.process));
    return lanes.lane(lanes.place(process, this.reader.label('NVTX start/end ranges')), LOGICAL);
  }

  #nameOf(row: DatabaseRow): KnownName {
    const text = row.text(COLUMN.text) || (this.texts.get(row.number(COLUMN.textId)) ?? '');
    const known = this.#known.get(text);
    if (known !== undefined) {
      return known;
    }
    const name = readRangeName(text);
    const id = this.reader.name(name.name || 'NVTX');
    const fresh = { ...name, id };
    if (this.#known.size < MAX_KNOWN_TEXTS) {
      this.#known.set(text, fresh);
    }
    return fresh;
  }
}
