import { categoryIndex } from '../../model/span-category.ts';
import { QUOTE } from '../json/bytes.ts';
import type { DecimalParts } from '../json/numbers.ts';
import { REPAIRS, type ObjectScanner } from '../json/object-scanner.ts';
import { EventLogVisitor } from '../trace/event-log-visitor.ts';
import { LOGICAL, STREAM } from '../trace/lane-table.ts';
import { OUTSIDE } from '../trace/selection.ts';
import { emptySpanRow, type SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { OTHER_CLASS, type Dialect, type EventClass } from './dialect.ts';
import { autogradNumber } from './autograd-number.ts';
import { addBounded } from './bounded-spans.ts';
import { EventCounters } from './event-counters.ts';
import { FIELD } from './event-layout.ts';
import { EventMetadata } from './event-metadata.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { PendingPairs } from './pending-pairs.ts';
import { PHASE_HANDLERS, type PhaseReader } from './phase-handlers.ts';

const LETTER_X = 0x58;

const PYTHON = categoryIndex('python');

/** The one lane of what the profiler says of itself. */
const PROFILER_LANE = 'profiler overhead';

/** PyTorch's name of an allocation or a release. */
const MEMORY = '[memory]';

const NO_TIME = 'this event has no time';
const STRAY_TIME = 'the time of this event is more than 52 days from the others';

/** Flow ids that are no numbers, or larger, are numbered from here: equal ones stay equal. */
const FIRST_TEXT_ID = 2 ** 52;

/** Puts the events of the trace event format into a trace, whichever tool wrote them. */
export class EventReader extends EventLogVisitor implements PhaseReader {
  readonly metadata = new EventMetadata();
  /** Whether any span tells of Python frames. */
  hasStacks = false;
  /** Spans that are to be clipped when the time of all others is known. */
  readonly bounded: SpanRow[] = [];
  #hasTextIds = false;
  #isOutside = false;
  readonly #pairs = new PendingPairs();
  readonly #row = emptySpanRow();
  readonly #time: DecimalParts = { whole: 0, milli: 0 };
  readonly #duration: DecimalParts = { whole: 0, milli: 0 };
  /** By row of the strings. */
  readonly #isMemory: (boolean | undefined)[] = [];
  readonly #classByLabel: (EventClass | undefined)[] = [];
  readonly #pseudoProcesses: ReadonlySet<number>;
  readonly #counters: EventCounters;
  /** Repaired events with a time, of which the first may turn out to be of another clock. */
  #repairedInTime = 0;
  #scanner!: ObjectScanner;
  #fields!: FieldReader;

  constructor(
    readonly builder: TraceBuilder,
    private readonly dialect: Dialect,
    private readonly members: (key: string, value: Uint8Array | null) => void,
  ) {
    super(builder.log);
    const { labels } = builder;
    this.#pseudoProcesses = new Set(dialect.pseudoProcesses.map((name) => labels.internText(name)));
    this.#counters = new EventCounters(builder);
  }

  override onMember(key: string, value: Uint8Array | null): void {
    this.members(key, value);
  }

  protected override readEvent(
    scanner: ObjectScanner,
    fields: FieldReader,
    offset: number,
  ): string | null {
    this.#scanner = scanner;
    this.#fields = fields;
    const phase = this.#phase();
    const reason = phase === LETTER_X ? this.readSpan(offset) : this.#readOther(phase, offset);
    this.#repairedInTime += reason === null && fields.repairs !== 0 && this.#hasTime() ? 1 : 0;
    return reason;
  }

  /** Adds what could not be placed before all was known. */
  finish(): void {
    this.#pairs.pair(this.builder);
    addBounded(this.bounded, this.builder);
  }

  /** Whether what was read would be read differently without what came before, or with it. */
  get isEntangled(): boolean {
    return this.#pairs.length > 0 || this.#hasTextIds || this.hasOddStrings;
  }

  readSpan(offset: number): string | null {
    const eventClass = this.#class();
    const process = this.#fields.string(FIELD.process, this.builder.labels);
    if (eventClass.role === 'hidden' || this.#pseudoProcesses.has(process)) {
      return null;
    }
    const start = this.#startNs();
    if (Number.isNaN(start)) {
      return this.#whyNoTime();
    }
    const { lanes, strings, labels, spans } = this.builder;
    const thread =
      eventClass.role === 'bounded'
        ? labels.internText(PROFILER_LANE)
        : this.#fields.string(FIELD.thread, labels);
    const place = lanes.place(process, thread);
    const row = this.#row;
    row.start = start;
    row.duration = this.#durationNs();
    row.name = this.#fields.string(FIELD.name, strings);
    row.lane = lanes.lane(place, eventClass.lane);
    row.category = eventClass.category;
    row.correlation = this.#fields.id(FIELD.correlation);
    row.externalId = this.#fields.id(FIELD.externalId);
    row.byteOffset = offset;
    row.stack = this.#fields.string(FIELD.callStack, strings);
    row.autograd = autogradNumber(this.#fields);
    this.dialect.describe?.(row, this.#fields, strings);
    if (!this.builder.takesSpan(row)) {
      return OUTSIDE;
    }
    this.hasStacks ||= row.stack !== 0 || row.category === PYTHON;
    if (eventClass.lane === STREAM) {
      this.#noteDevice(row.lane);
    }
    if (this.#fields.has(FIELD.collective)) {
      this.#addCollective();
    }
    if (eventClass.role === 'bounded') {
      this.bounded.push({ ...row });
    } else {
      spans.push(row);
    }
    return null;
  }

  readThreadEnd(offset: number, isBegin: boolean): string | null {
    const place = this.#place();
    const lane = this.builder.lanes.lane(place, this.#class().lane);
    return this.#addEnd({ key: this.#pairs.key(`thread ${lane}`), lane, offset, isBegin });
  }

  readAsyncEnd(offset: number, isBegin: boolean): string | null {
    const { labels, lanes } = this.builder;
    const process = this.#fields.string(FIELD.process, labels);
    const category = labels.text(this.#fields.string(FIELD.category, labels));
    const id = labels.text(this.#fields.digits(FIELD.id, labels));
    const scope = this.#fields.text(FIELD.scope);
    const lane = lanes.lane(lanes.place(process, labels.internText(category || 'async')), LOGICAL);
    const key = this.#pairs.key(`async ${process} ${category}\n${scope}\n${id}`);
    return this.#addEnd({ key, lane, offset, isBegin });
  }

  readInstant(): string | null {
    if (this.#pseudoProcesses.has(this.#fields.string(FIELD.process, this.builder.labels))) {
      return null;
    }
    const time = this.#momentNs();
    if (Number.isNaN(time)) {
      return this.#whyNoTime();
    }
    const name = this.#fields.string(FIELD.name, this.builder.strings);
    this.builder.instants.push(time, this.#place(), name);
    this.#isMemory[name] ??= this.builder.strings.text(name) === MEMORY;
    if (this.#isMemory[name]) {
      this.#counters.readMemory(this.#scanner, time);
    }
    return null;
  }

  readFlow(part: 0 | 1 | 2): string | null {
    const time = this.#momentNs();
    if (Number.isNaN(time)) {
      return this.#whyNoTime();
    }
    const name = this.#fields.string(FIELD.name, this.builder.strings);
    this.builder.flows.push(this.#flowId(), time, this.#place(), name, part);
    return null;
  }

  readCounter(): string | null {
    const time = this.#momentNs();
    if (Number.isNaN(time)) {
      return this.#whyNoTime();
    }
    this.#counters.read(this.#scanner, this.#fields, time);
    return null;
  }

  readMetadata(): string | null {
    this.metadata.read(this.#fields, this.builder);
    return null;
  }

  #phase(): number {
    const { bytes, starts, ends } = this.#scanner;
    const start = starts[FIELD.phase];
    return start !== 0 && bytes[start] === QUOTE && ends[FIELD.phase] === start + 3
      ? bytes[start + 1]
      : 0;
  }

  #readOther(phase: number, offset: number): string | null {
    const handler = PHASE_HANDLERS.get(phase);
    if (handler !== undefined) {
      return handler(this, offset);
    }
    if (phase !== 0) {
      return `events of phase ${String.fromCharCode(phase)} are not shown`;
    }
    // TensorFlow ends its files with an empty event.
    return this.#scanner.isEmpty ? null : 'this event has no phase';
  }

  #class(): EventClass {
    const label = this.#fields.string(FIELD.category, this.builder.labels);
    const isUnclassed = label === 0 || this.dialect.classes.size === 0;
    if (isUnclassed && this.dialect.classOf !== undefined) {
      return this.dialect.classOf(this.builder, this.#place(), this.#fields);
    }
    return (this.#classByLabel[label] ??=
      this.dialect.classes.get(this.builder.labels.text(label)) ?? OTHER_CLASS);
  }

  #place(): number {
    const { labels, lanes } = this.builder;
    return lanes.place(
      this.#fields.string(FIELD.process, labels),
      this.#fields.string(FIELD.thread, labels),
    );
  }

  /** As `#startNs`, of an event that has no duration; NaN where it is not to be read as well. */
  #momentNs(): number {
    const time = this.#startNs();
    this.#isOutside = !Number.isNaN(time) && !this.builder.takesTime(time);
    return this.#isOutside ? NaN : time;
  }

  #whyNoTime(): string {
    if (this.#isOutside) {
      this.#isOutside = false;
      return OUTSIDE;
    }
    return this.#hasTime() ? STRAY_TIME : NO_TIME;
  }

  #hasTime(): boolean {
    return this.#scanner.decimal(FIELD.time, this.#time);
  }

  #startNs(): number {
    if (!this.#hasTime()) {
      return NaN;
    }
    const { time, log } = this.builder;
    const start = time.toNs(this.#time);
    if (!Number.isNaN(start) || !time.canRestart) {
      return start;
    }
    log.unkeep(time.acceptedCount, this.#repairedInTime);
    this.#repairedInTime = 0;
    log.describe('dropped', 0, STRAY_TIME, new Uint8Array(0));
    this.#pairs.clear();
    this.bounded.length = 0;
    this.builder.forgetTimes();
    return time.toNs(this.#time);
  }

  #durationNs(): number {
    const duration = this.#duration;
    if (!this.#scanner.decimal(FIELD.duration, duration)) {
      this.#fields.repairs |= REPAIRS.number;
      return 0;
    }
    const ns = duration.whole * 1000 + duration.milli;
    if (ns < 0 || ns > Number.MAX_SAFE_INTEGER) {
      this.#fields.repairs |= REPAIRS.duration;
      return 0;
    }
    return ns;
  }

  #noteDevice(lane: number): void {
    const draft = this.builder.lanes.drafts[lane];
    if (draft.device === null) {
      const device = this.#fields.number(FIELD.device);
      const index = Number.isFinite(device) ? device : this.#fields.number(FIELD.process);
      draft.device = Number.isInteger(index) ? index : null;
    }
  }

  #addCollective(): void {
    const { collectives, spans, strings } = this.builder;
    const sequence = this.#fields.number(FIELD.sequence);
    const elements = this.#fields.number(FIELD.elements);
    collectives.push(spans.length, {
      operation: this.#fields.string(FIELD.collective, strings),
      group: this.#fields.string(FIELD.group, strings),
      sequence: Number.isFinite(sequence) ? sequence : -1,
      elements: Number.isFinite(elements) ? elements : -1,
    });
  }

  #addEnd(end: { key: number; lane: number; offset: number; isBegin: boolean }): string | null {
    const time = this.#momentNs();
    if (Number.isNaN(time)) {
      return this.#whyNoTime();
    }
    this.#pairs.push({
      time,
      key: end.key,
      lane: end.lane,
      name: this.#fields.string(FIELD.name, this.builder.strings),
      category: this.#class().category,
      byteOffset: end.offset,
      isBegin: end.isBegin,
      isRepaired: this.#fields.repairs !== 0,
    });
    return null;
  }

  #flowId(): number {
    const id = this.#fields.number(FIELD.id);
    if (Math.abs(id) < FIRST_TEXT_ID) {
      return id;
    }
    this.#hasTextIds = true;
    return FIRST_TEXT_ID + this.#fields.digits(FIELD.id, this.builder.labels);
  }
}
