import { phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import { readRangeName } from '../nsys/range-name.ts';
import { OUTSIDE } from '../trace/selection.ts';
import { emptySpanRow, type SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import type { Clocks } from './clocks.ts';
import { kindOfEvent } from './event-kind.ts';
import { EVENT_TYPE } from './schema.ts';
import type { InternedId, Sequence } from './sequence.ts';
import { Slices } from './slices.ts';
import { TrackEvent } from './track-event.ts';
import { type Track, Tracks } from './tracks.ts';

const STEP = categoryIndex('step');
const COMMUNICATION = phaseIndex('communication');
const MAX_UINT32 = 2 ** 32 - 1;
/** Flow ids that do not fit a double are numbered from here. */
const FIRST_LONG_ID = 2 ** 52;
/** Names that are texts of their own again and again need not be kept. */
const MAX_KNOWN_NAMES = 100_000;

const NO_RANGE = { name: null, step: 0, autograd: 0, isOperator: false };

const NO_TIME = 'this event has no time';
const STRAY_TIME = 'the time of this event is more than 52 days from the others';

/** Where an event stands: what its packet tells beside it. */
export interface EventPacket {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Null where the packet has none. */
  readonly time: number | bigint | null;
  readonly clock: number;
  readonly sequence: Sequence;
}

/** Puts the events of tracks into the trace. */
export class TrackEventReader {
  readonly tracks: Tracks;
  readonly #slices: Slices;
  readonly #event = new TrackEvent();
  readonly #row = { ...emptySpanRow(), byteOffset: -1 };
  readonly #rowByName = new Map<string, number>();
  readonly #flowIds = new Map<InternedId, number>();

  constructor(
    private readonly builder: TraceBuilder,
    private readonly clocks: Clocks,
  ) {
    this.tracks = new Tracks(builder);
    this.#slices = new Slices(builder);
  }

  /** Null, or why the event is dropped. */
  read(packet: EventPacket): string | null {
    const event = this.#event;
    if (!event.read(packet.bytes, packet.start, packet.end, packet.sequence)) {
      return 'this event has bytes that are no field';
    }
    const time = this.#timeOf(packet);
    if (Number.isNaN(time)) {
      return packet.time === null ? NO_TIME : STRAY_TIME;
    }
    const track = this.tracks.get(event.track ?? packet.sequence.track ?? 0);
    switch (event.type) {
      case EVENT_TYPE.begin:
        return this.#begin(track, time, packet.sequence.id);
      case EVENT_TYPE.end:
        this.#row.start = time;
        return this.#slices.end(packet.sequence.id, track.place, this.#row);
      case EVENT_TYPE.instant:
        return this.#addInstant(track, time);
      case EVENT_TYPE.counter:
        return this.#count(track, time, packet.sequence);
      default:
        return event.unknownPhase === 0
          ? 'this event is of a type that is not known'
          : `events of phase ${String.fromCharCode(event.unknownPhase & 0x7f)} are not shown`;
    }
  }

  finish(): void {
    this.#slices.finish();
  }

  #timeOf({ time, clock, sequence }: EventPacket): number {
    const own = this.#event.timestampUs;
    if (!Number.isNaN(own)) {
      return this.#toTrace(Math.floor(own) * 1_000);
    }
    return time === null ? NaN : this.#toTrace(this.clocks.toMain(time, clock, sequence.id));
  }

  #toTrace(ns: number | bigint): number {
    if (typeof ns === 'number') {
      const whole = Math.floor(ns / 1_000);
      return this.builder.time.toNs({ whole, milli: ns - 1_000 * whole });
    }
    const milli = Number(((ns % 1_000n) + 1_000n) % 1_000n);
    return this.builder.time.toNs({ whole: Number((ns - BigInt(milli)) / 1_000n), milli });
  }

  #addInstant(track: Track, time: number): string | null {
    if (!this.builder.takesTime(time)) {
      return OUTSIDE;
    }
    this.#addFlows(track, time);
    this.builder.instants.push(time, track.place, this.#name(this.#event.name));
    return null;
  }

  #begin(track: Track, time: number, writer: number): string | null {
    const event = this.#event;
    const row = this.#row;
    row.start = time;
    row.duration = 0;
    this.#describe(track);
    const refusal = Number.isNaN(event.durationUs)
      ? this.#slices.begin(writer, track.place, row)
      : this.#addWhole(row, event.durationUs);
    if (refusal === null) {
      this.#addFlows(track, time);
    }
    return refusal;
  }

  #addWhole(row: SpanRow, durationUs: number): string | null {
    row.duration = Math.min(Math.max(0, durationUs * 1_000), Number.MAX_SAFE_INTEGER);
    if (!this.builder.takesSpan(row)) {
      return OUTSIDE;
    }
    this.builder.spans.push(row);
    return null;
  }

  #describe(track: Track): void {
    const event = this.#event;
    const { lane: kind, category } = kindOfEvent(event.category);
    const range = category === 'annotation' ? readRangeName(event.name) : NO_RANGE;
    const row = this.#row;
    row.lane = this.tracks.lane(track, kind, event.fromDevice);
    row.name = this.#name(range.name ?? event.name);
    row.step = range.step;
    row.autograd = range.autograd;
    row.category = range.step > 0 ? STEP : categoryIndex(range.isOperator ? 'cpu-op' : category);
    row.recordedPhase = event.category.startsWith('rccl_api') ? COMMUNICATION : 0;
    row.correlation = inUint32(event.correlation);
    row.file = event.place === null ? 0 : this.#name(event.place.file);
    row.line = event.place === null ? 0 : inUint32(event.place.line);
  }

  #count(track: Track, time: number, { totals }: Sequence): string | null {
    const event = this.#event;
    if (!Number.isFinite(event.value)) {
      return 'this counter has no value';
    }
    let value = event.value;
    if (track.isIncremental) {
      value += totals.get(track.place) ?? 0;
      totals.set(track.place, value);
    }
    if (!this.builder.takesTime(time)) {
      return OUTSIDE;
    }
    this.builder.counters.push(time, this.#name(track.name), value * track.multiplier);
    return null;
  }

  /** An arrow leads from the first event with a number to each that comes after. */
  #addFlows({ place }: Track, time: number): void {
    const { flows, endingFlows, name } = this.#event;
    for (const [ids, isLast] of [
      [flows, false],
      [endingFlows, true],
    ] as const) {
      for (const id of ids) {
        const known = this.#flowIds.get(id);
        const number = known ?? (typeof id === 'number' ? id : FIRST_LONG_ID + this.#flowIds.size);
        const part = known === undefined ? 0 : isLast ? 2 : 1;
        this.#flowIds.set(id, number);
        this.builder.flows.push(number, time, place, this.#name(name), part);
        if (isLast) {
          this.#flowIds.delete(id);
        }
      }
    }
  }

  #name(text: string): number {
    let row = this.#rowByName.get(text);
    if (row === undefined) {
      row = this.builder.strings.internText(text);
      if (this.#rowByName.size < MAX_KNOWN_NAMES) {
        this.#rowByName.set(text, row);
      }
    }
    return row;
  }
}

/** 0 for what is none. */
function inUint32(value: number): number {
  return value > 0 && value <= MAX_UINT32 ? value : 0;
}
