import { PHASES } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import { UNSAMPLED_STEP } from '../../model/step-names.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { readThousandthsAsDecimal, type DecimalParts } from '../json/numbers.ts';
import { REPAIRS, type ObjectScanner } from '../json/object-scanner.ts';
import { EventLogVisitor } from '../trace/event-log-visitor.ts';
import { LOGICAL, STREAM, THREAD, type LaneKindIndex } from '../trace/lane-table.ts';
import { OUTSIDE } from '../trace/selection.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { EpochCounter } from './epoch-counter.ts';
import { RecordedSources } from './recorded-sources.ts';
import { SpanHeader } from './span-header.ts';
import { SPAN_FIELD } from './span-layout.ts';

/** Lanes that are no thread of the host. */
const LANE_KIND_BY_NAME: ReadonlyMap<string, LaneKindIndex> = new Map([
  ['device', STREAM],
  ['communication', LOGICAL],
  ['steps', LOGICAL],
]);

const NO_TIME = 'this line has no time';

/** Puts the lines of a span file into a trace. */
export class SpanLineReader extends EventLogVisitor {
  readonly header = new SpanHeader();
  readonly epochs = new EpochCounter();
  readonly sources = new RecordedSources();
  readonly #row = emptySpanRow();
  readonly #time: DecimalParts = { whole: 0, milli: 0 };
  readonly #laneByLabel = new Map<number, number>();
  readonly #phaseByLabel = new Map<number, number>();
  #hasHeader = false;

  constructor(private readonly builder: TraceBuilder) {
    super(builder.log);
  }

  override onMember(): void {
    // Lines have nothing around them.
  }

  /** A type that is not known is kept without a row. */
  protected override readEvent(
    scanner: ObjectScanner,
    fields: FieldReader,
    offset: number,
  ): string | null {
    switch (fields.text(SPAN_FIELD.type)) {
      case 'run':
        this.#readHeader(fields);
        return null;
      case 'span':
        return this.#readSpan(fields, scanner, offset);
      case 'step':
        return this.#readStep(fields, scanner, offset);
      case 'counter':
        return this.#readCounter(fields, scanner);
      case 'event':
        return this.#readInstant(fields, scanner);
      case 'source':
        this.sources.add(fields);
        return null;
      default:
        return null;
    }
  }

  #readHeader(fields: FieldReader): void {
    if (!this.#hasHeader) {
      this.#hasHeader = true;
      this.header.read(fields);
    }
  }

  #readSpan(fields: FieldReader, scanner: ObjectScanner, offset: number): string | null {
    if (!this.#readInterval(fields, scanner, offset)) {
      return NO_TIME;
    }
    const { strings, spans } = this.builder;
    const row = this.#row;
    row.name = fields.string(SPAN_FIELD.name, strings);
    row.category = categoryIndex('recorded');
    row.lane = this.#lane(fields.string(SPAN_FIELD.lane, this.builder.labels));
    row.file = fields.string(SPAN_FIELD.file, strings);
    row.line = fields.id(SPAN_FIELD.line);
    row.recordedPhase = this.#phase(fields);
    if (!this.builder.takesSpan(row)) {
      return OUTSIDE;
    }
    if (fields.has(SPAN_FIELD.sequence) || fields.has(SPAN_FIELD.group)) {
      this.#addCollective(fields);
    }
    spans.push(row);
    return null;
  }

  #readStep(fields: FieldReader, scanner: ObjectScanner, offset: number): string | null {
    if (!this.#readInterval(fields, scanner, offset)) {
      return NO_TIME;
    }
    const row = this.#row;
    this.epochs.add(fields.number(SPAN_FIELD.epoch), fields.number(SPAN_FIELD.samples));
    const isSampled = fields.json(SPAN_FIELD.sampled) !== false;
    row.name = this.builder.strings.internText(isSampled ? 'step' : UNSAMPLED_STEP);
    row.category = categoryIndex('step');
    row.lane = this.#lane(this.builder.labels.internText('steps'));
    row.file = 0;
    row.line = 0;
    row.recordedPhase = 0;
    if (!this.builder.takesSpan(row)) {
      return OUTSIDE;
    }
    this.builder.spans.push(row);
    return null;
  }

  #readCounter(fields: FieldReader, scanner: ObjectScanner): string | null {
    const time = this.#timeNs(scanner);
    if (!Number.isFinite(time)) {
      return NO_TIME;
    }
    if (!this.builder.takesTime(time)) {
      return OUTSIDE;
    }
    const value = fields.number(SPAN_FIELD.value);
    if (Number.isFinite(value)) {
      this.builder.counters.push(time, fields.string(SPAN_FIELD.name, this.builder.strings), value);
    }
    return null;
  }

  #readInstant(fields: FieldReader, scanner: ObjectScanner): string | null {
    const time = this.#timeNs(scanner);
    if (!Number.isFinite(time)) {
      return NO_TIME;
    }
    const { instants, labels, lanes, strings } = this.builder;
    if (!this.builder.takesTime(time)) {
      return OUTSIDE;
    }
    const lane = fields.string(SPAN_FIELD.lane, labels) || labels.internText(this.header.ownLane);
    instants.push(
      time,
      lanes.drafts[this.#lane(lane)].place,
      fields.string(SPAN_FIELD.name, strings),
    );
    return null;
  }

  /** Start, duration, step and offset of the row. */
  #readInterval(fields: FieldReader, scanner: ObjectScanner, offset: number): boolean {
    const start = this.#timeNs(scanner);
    if (!Number.isFinite(start)) {
      return false;
    }
    const row = this.#row;
    const duration = fields.number(SPAN_FIELD.duration);
    if (!Number.isFinite(duration)) {
      fields.repairs |= REPAIRS.number;
    } else if (duration < 0 || duration > Number.MAX_SAFE_INTEGER) {
      fields.repairs |= REPAIRS.duration;
    }
    row.start = start;
    row.duration = duration >= 0 && duration <= Number.MAX_SAFE_INTEGER ? Math.round(duration) : 0;
    const step = fields.number(SPAN_FIELD.step);
    row.step = Number.isInteger(step) && step >= 0 && step < 0xffffffff ? step + 1 : 0;
    row.byteOffset = offset;
    return true;
  }

  #timeNs({ bytes, starts, ends }: ObjectScanner): number {
    const start = starts[SPAN_FIELD.time];
    const isRead =
      start !== 0 && readThousandthsAsDecimal(bytes, start, ends[SPAN_FIELD.time], this.#time);
    return isRead ? this.builder.time.toNs(this.#time) : NaN;
  }

  #lane(label: number): number {
    let lane = this.#laneByLabel.get(label);
    if (lane === undefined) {
      const { labels, lanes, names } = this.builder;
      const name = labels.text(label) || this.header.ownLane;
      const kind = LANE_KIND_BY_NAME.get(name) ?? THREAD;
      const place = lanes.place(labels.internText(this.header.processId), labels.internText(name));
      lane = lanes.lane(place, kind);
      names.threads.set(place, name);
      names.sortIndices.set(place, name === 'main' ? -1 : 0);
      lanes.drafts[lane].device = kind === STREAM ? this.header.deviceIndex : null;
      this.#laneByLabel.set(label, lane);
    }
    return lane;
  }

  #phase(fields: FieldReader): number {
    const label = fields.string(SPAN_FIELD.phase, this.builder.labels);
    let phase = this.#phaseByLabel.get(label);
    if (phase === undefined) {
      const text = this.builder.labels.text(label);
      phase = Math.max(
        0,
        PHASES.findIndex((known) => known === text),
      );
      this.#phaseByLabel.set(label, phase);
    }
    return phase;
  }

  #addCollective(fields: FieldReader): void {
    const { collectives, spans, strings } = this.builder;
    const sequence = fields.number(SPAN_FIELD.sequence);
    const elements = fields.number(SPAN_FIELD.elements);
    collectives.push(spans.length, {
      operation: fields.string(SPAN_FIELD.name, strings),
      group: fields.string(SPAN_FIELD.group, strings),
      sequence: Number.isFinite(sequence) ? sequence : -1,
      elements: Number.isFinite(elements) ? elements : -1,
    });
  }
}
