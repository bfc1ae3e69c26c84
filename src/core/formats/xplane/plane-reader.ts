import type { Device } from '../../model/trace.ts';
import type { WholeField } from '../protobuf/field-stream.ts';
import { OUTSIDE } from '../trace/selection.ts';
import { WireCursor } from '../protobuf/wire-cursor.ts';
import { EventDescriber } from './describe-event.ts';
import { EventStats } from './event-stats.ts';
import { deviceOfPlane, hasStreams, roleOfLine } from './line-role.ts';
import { type MetadataId, PlaneMetadata } from './plane-metadata.ts';
import { EVENT, LINE, PLANE } from './schema.ts';
import { IMPOSSIBLE, type PlacedLine, type SpaceBuilder } from './space-builder.ts';

const MAX_EXCERPT_BYTES = 120;

interface RawLine {
  readonly start: number;
  readonly end: number;
  readonly id: string;
  readonly name: string;
  readonly timestampNs: bigint;
}

/** Puts one plane after another into the trace. */
export class PlaneReader {
  readonly stats = new EventStats();
  /** Events whose names were to come behind where the file ends. */
  namelessCount = 0;
  readonly #line = new WireCursor();
  readonly #event = new WireCursor();
  #metadata = new PlaneMetadata(new Uint8Array(0), 0, 0);
  #describer = new EventDescriber('host');
  #fileOffset = 0;

  constructor(private readonly builder: SpaceBuilder) {}

  read({ bytes, start, end, fileOffset }: WholeField): void {
    this.#metadata = new PlaneMetadata(bytes, start, end);
    this.#fileOffset = fileOffset - start;
    const lines: RawLine[] = [];
    this.stats.clear();
    const plane = new WireCursor().open(bytes, start, end);
    while (plane.next()) {
      if (plane.field === PLANE.lines) {
        lines.push(this.#readHead(plane));
      } else if (plane.field === PLANE.stats) {
        this.stats.add(this.#metadata, plane.start, plane.end);
      }
    }
    this.#noteDevice();
    const isWithStreams = hasStreams(lines.map(({ name }) => name));
    for (const line of lines) {
      this.#readLine(line, isWithStreams);
    }
    if (plane.isMalformed) {
      this.#describe('dropped', plane.end, 'a plane has bytes that are no field', NO_BYTES);
    }
  }

  #noteDevice(): void {
    const index = deviceOfPlane(this.#metadata.name);
    if (index !== null && !this.builder.devices.some((device) => device.index === index)) {
      this.builder.devices.push(describeDevice(index, this.stats));
    }
  }

  #readHead({ start, end }: WireCursor): RawLine {
    const line = this.#line.open(this.#metadata.bytes, start, end);
    let id = '';
    let name = '';
    let displayName = '';
    let timestampNs = 0n;
    while (line.next()) {
      switch (line.field) {
        case LINE.id:
          id = String(line.bigint());
          break;
        case LINE.name:
          name = line.text();
          break;
        case LINE.displayName:
          displayName = line.text();
          break;
        case LINE.timestampNs:
          timestampNs = BigInt.asIntN(64, line.bigint());
          break;
      }
    }
    return { start, end, id, name: displayName || name, timestampNs };
  }

  #readLine(raw: RawLine, isWithStreams: boolean): void {
    const { name: plane, bytes } = this.#metadata;
    const role = roleOfLine(plane, raw.name, isWithStreams);
    this.#describer = new EventDescriber(role);
    let placed: PlacedLine | null = null;
    const line = this.#line.open(bytes, raw.start, raw.end);
    while (line.next()) {
      if (line.field === LINE.events) {
        placed ??= this.builder.placeLine({ ...raw, plane, role, device: deviceOfPlane(plane) });
        this.#readEvent(placed, line.start, line.end, line.isCut);
      }
    }
    if (line.isMalformed) {
      this.#describe('dropped', line.end, 'a line has bytes that are no field', NO_BYTES);
    }
  }

  #readEvent(line: PlacedLine, start: number, end: number, isCut: boolean): void {
    const { log } = this.builder.trace;
    const reason = isCut ? 'this event is not whole' : this.#addEvent(line, start, end);
    if (reason === null) {
      log.keep();
      return;
    }
    const excerpt = this.#metadata.bytes.subarray(start, Math.min(end, start + MAX_EXCERPT_BYTES));
    const offset = this.#fileOffset + start;
    if (isCut) {
      log.cut(offset, reason, excerpt);
    } else if (reason !== OUTSIDE) {
      log.drop(offset, reason, excerpt);
    }
  }

  /** Null, or why the event is dropped. */
  #addEvent(line: PlacedLine, start: number, end: number): string | null {
    const event = this.#event.open(this.#metadata.bytes, start, end);
    let id: MetadataId = 0;
    let offsetPs = 0;
    let durationPs = 0;
    let isAggregate = false;
    let isSound = true;
    this.stats.clear();
    while (event.next()) {
      switch (event.field) {
        case EVENT.metadataId:
          id = event.integer();
          break;
        case EVENT.offsetPs:
          offsetPs = event.number();
          break;
        case EVENT.durationPs:
          durationPs = event.number();
          break;
        case EVENT.occurrences:
          isAggregate = true;
          break;
        case EVENT.stats:
          isSound &&= this.stats.add(this.#metadata, event.start, event.end);
          break;
      }
    }
    if (!isSound || !event.isSound) {
      return 'this event has bytes that are no field';
    }
    if (isAggregate) {
      return 'this event stands for several and has no time';
    }
    return this.#place(line, { id, offsetPs, durationPs });
  }

  #place(
    line: PlacedLine,
    event: { id: MetadataId; offsetPs: number; durationPs: number },
  ): string | null {
    const metadata = this.#metadata.event(event.id);
    for (let i = 0; i < metadata.stats.length; i += 2) {
      this.stats.add(this.#metadata, metadata.stats[i], metadata.stats[i + 1]);
    }
    const time = this.builder.time(line, event.offsetPs);
    const description = this.#describer.describe(metadata, this.stats);
    if (line.role === 'counters' && Number.isFinite(this.stats.number('counter'))) {
      return this.#addSample(time, description.name);
    }
    const isNameless = !this.#metadata.hasEvent(event.id);
    this.namelessCount += isNameless ? 1 : 0;
    const refusal = this.builder.addEvent(line, {
      name: isNameless ? `event ${event.id}` : description.name,
      category: description.category,
      phase: description.phase,
      offsetPs: event.offsetPs,
      durationPs: event.durationPs,
      correlation: this.stats.number('correlation') || 0,
      step: this.#stepOf(line, description.name),
      source: this.stats.text('source'),
    });
    if (refusal === null) {
      this.#addMemory(time);
    }
    return refusal;
  }

  #addSample(time: number, name: string): string | null {
    if (Number.isNaN(time)) {
      return IMPOSSIBLE;
    }
    if (!this.builder.trace.takesTime(time)) {
      return OUTSIDE;
    }
    this.builder.addCounter(time, name, this.stats.number('counter'));
    return null;
  }

  #stepOf({ role }: PlacedLine, name: string): number {
    const step = this.stats.number('step');
    if (role !== 'steps' || !Number.isNaN(step)) {
      return step;
    }
    const digits = /(\d{1,9})$/.exec(name)?.[1];
    return digits === undefined ? this.stats.number('group') : Number(digits);
  }

  /** What an allocator held after an allocation or a release. */
  #addMemory(time: number): void {
    const allocator = this.stats.text('allocator');
    if (allocator === '') {
      return;
    }
    for (const [stat, words] of MEMORY_TOTALS) {
      const value = this.stats.number(stat);
      if (Number.isFinite(value)) {
        this.builder.addCounter(time, `${words}, ${allocator}`, value);
      }
    }
  }

  #describe(kind: 'dropped' | 'cut', at: number, reason: string, bytes: Uint8Array): void {
    this.builder.trace.log.describe(kind, this.#fileOffset + at, reason, bytes);
  }
}

const NO_BYTES = new Uint8Array(0);

const MEMORY_TOTALS = [
  ['allocated', 'memory allocated'],
  ['reserved', 'memory reserved'],
] as const;

function describeDevice(index: number, stats: EventStats): Device {
  const major = stats.number('computeMajor');
  const memory = stats.number('memorySize');
  return {
    index,
    name: stats.text('deviceType') || stats.text('vendor'),
    memoryBytes: memory > 0 ? memory : null,
    computeCapability: major > 0 ? major + (stats.number('computeMinor') || 0) / 10 : null,
  };
}
