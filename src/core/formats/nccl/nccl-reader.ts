import { phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import { NCCL_FORMAT } from '../../model/run.ts';
import type { Trace } from '../../model/trace.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { isRecord, numberOrNull, textOrNull } from '../json/loose-values.ts';
import type { DecimalParts } from '../json/numbers.ts';
import type { ObjectScanner } from '../json/object-scanner.ts';
import { EventLogVisitor } from '../trace/event-log-visitor.ts';
import { LOGICAL, THREAD } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { EVENT_KINDS, type EventKind, KERNEL, plainName } from './event-kinds.ts';
import { NCCL_FIELD } from './nccl-layout.ts';
import { RankTable } from './rank-table.ts';

const RECORDED = categoryIndex('recorded');
const ANNOTATION = categoryIndex('annotation');
const OTHER = categoryIndex('other');
const COMMUNICATION = phaseIndex('communication');

const NO_TIME = 'this event has no time, or one that is more than 52 days from the others';

/** Lanes are kept by device until all lines tell whose it is. */
const DEVICE_OF_LANE = /^device (.*)$/s;

/** Puts the lines of all ranks of a file into one trace, whose lanes say whose they are. */
export class NcclReader extends EventLogVisitor {
  readonly builder: TraceBuilder;
  readonly #ranks = new RankTable();
  /** By communicator. */
  readonly #sizes = new Map<string, number>();
  /** By process and number of the launch. */
  readonly #deviceByLaunch = new Map<string, string>();
  readonly #time: DecimalParts = { whole: 0, milli: 0 };
  readonly #duration: DecimalParts = { whole: 0, milli: 0 };

  constructor(builder = new TraceBuilder()) {
    super(builder.log);
    this.builder = builder;
  }

  override onMember(): void {
    // Lines have nothing around them.
  }

  finish(byteLength: number): Trace {
    const trace = this.builder.finish({
      clockZeroNs: null,
      meta: {
        format: NCCL_FORMAT,
        ...UNKNOWN_ORIGIN,
        worldSize: this.#ranks.worldSize,
        backend: 'nccl',
        hasStacks: false,
      },
      showsProcess: false,
      byteLength,
    });
    const hasKernels = trace.spans.category.includes(RECORDED);
    return {
      ...trace,
      // Where the device tells when a collective ran, the call is not another one.
      spans: hasKernels
        ? { ...trace.spans, category: trace.spans.category.map(withoutCalls) }
        : trace.spans,
      lanes: trace.lanes.map((lane) => {
        const device = DEVICE_OF_LANE.exec(lane.processId)?.[1] ?? '';
        const rank = this.#ranks.rankOf(device);
        return rank === null ? lane : { ...lane, rank };
      }),
    };
  }

  /** States and what is not shown count as kept. */
  protected override readEvent(
    scanner: ObjectScanner,
    fields: FieldReader,
    offset: number,
  ): string | null {
    const type = fields.text(NCCL_FIELD.type);
    this.#noteRank(fields, type);
    if (fields.text(NCCL_FIELD.record) === 'state' || type === 'ProfilerLifecycle') {
      return null;
    }
    const kind = EVENT_KINDS.get(type);
    if (kind === undefined) {
      return type === '' ? 'this line has no type' : 'events of this type are not known';
    }
    const start = this.#startNs(scanner);
    return Number.isNaN(start)
      ? NO_TIME
      : this.#addSpan(kind, fields, { type, start, offset, scanner });
  }

  #addSpan(
    kind: EventKind,
    fields: FieldReader,
    { type, start, offset, scanner }: Event,
  ): string | null {
    const { spans, strings, collectives } = this.builder;
    const details = fields.json(NCCL_FIELD.details);
    const isLong = scanner.decimal(NCCL_FIELD.duration, this.#duration);
    const duration = isLong ? this.#duration.whole * 1000 + this.#duration.milli : 0;
    if (isCollective(type)) {
      collectives.push(spans.length, {
        operation: strings.internText(detailOf(details, 'func')),
        group: strings.internText(`communicator ${this.#communicator(fields)}`),
        sequence: numberOrNull(memberOf(details, 'seq')) ?? -1,
        elements: numberOrNull(memberOf(details, 'count')) ?? -1,
      });
    }
    spans.push({
      ...emptySpanRow(),
      start,
      duration: duration >= 0 && duration <= Number.MAX_SAFE_INTEGER ? duration : 0,
      byteOffset: offset,
      name: strings.internText(nameOf(type, fields, details)),
      category: categoryIndex(kind.category),
      recordedPhase: kind.category === 'recorded' ? COMMUNICATION : 0,
      lane: this.#laneOf(kind, fields, details),
    });
    return null;
  }

  #laneOf(kind: EventKind, fields: FieldReader, details: unknown): number {
    const { lanes, labels, names } = this.builder;
    const process = labels.internText(`device ${this.#deviceOf(kind, fields)}`);
    if (kind.lane === 'thread') {
      return lanes.lane(lanes.place(process, fields.string(NCCL_FIELD.thread, labels)), THREAD);
    }
    const channel = numberOrNull(memberOf(details, 'channel'));
    const title = channel === null ? kind.title : `${kind.title} ${channel}`;
    const place = lanes.place(process, labels.internText(title));
    names.threads.set(place, title);
    return lanes.lane(place, LOGICAL);
  }

  /** Kernels are written by whichever rank empties CUPTI's buffers: theirs is the device that launched them. */
  #deviceOf(kind: EventKind, fields: FieldReader): string {
    const { labels } = this.builder;
    const own = this.#device(fields);
    const process = labels.text(fields.digits(NCCL_FIELD.process, labels));
    const launch = `${process} ${labels.text(fields.digits(NCCL_FIELD.correlation, labels))}`;
    if (kind.category === 'runtime') {
      this.#deviceByLaunch.set(launch, own);
    }
    return kind.category === 'recorded' ? (this.#deviceByLaunch.get(launch) ?? own) : own;
  }

  #noteRank(fields: FieldReader, type: string): void {
    const communicator = this.#communicator(fields);
    if (type === 'ProfilerLifecycle') {
      const size = numberOrNull(memberOf(fields.json(NCCL_FIELD.details), 'nranks'));
      if (size !== null && Number.isInteger(size) && size > 0) {
        this.#sizes.set(communicator, size);
      }
    }
    const rank = fields.number(NCCL_FIELD.rank);
    if (Number.isInteger(rank) && rank >= 0 && rank < 1e7) {
      this.#ranks.add(this.#device(fields), rank, this.#sizes.get(communicator) ?? 0);
    }
  }

  #communicator(fields: FieldReader): string {
    const { labels } = this.builder;
    return labels.text(fields.digits(NCCL_FIELD.communicator, labels));
  }

  /** Its UUID; of plug-ins that do not tell it, the rank stands for it. */
  #device(fields: FieldReader): string {
    const { labels } = this.builder;
    return fields.text(NCCL_FIELD.device) || labels.text(fields.digits(NCCL_FIELD.rank, labels));
  }

  #startNs(scanner: ObjectScanner): number {
    return scanner.decimal(NCCL_FIELD.time, this.#time) ? this.builder.time.toNs(this.#time) : NaN;
  }
}

interface Event {
  readonly type: string;
  readonly start: number;
  readonly offset: number;
  readonly scanner: ObjectScanner;
}

function isCollective(type: string): boolean {
  return type === 'ncclProfileColl' || type === 'ncclProfileCollApi';
}

function nameOf(type: string, fields: FieldReader, details: unknown): string {
  const operation = detailOf(details, 'func');
  switch (type) {
    case KERNEL:
      return plainName(fields.text(NCCL_FIELD.name)) || 'kernel';
    case 'ncclProfileCollApi':
    case 'ncclProfileP2pApi':
      return `nccl${operation}`;
    case 'ncclProfileColl':
    case 'ncclProfileP2p':
      return [operation, detailOf(details, 'algo'), detailOf(details, 'proto')].join(' ').trim();
    default:
      return type.replace(/^ncclProfile/, '');
  }
}

function detailOf(details: unknown, key: string): string {
  return textOrNull(memberOf(details, key)) ?? '';
}

function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function withoutCalls(category: number): number {
  return category === ANNOTATION ? OTHER : category;
}
