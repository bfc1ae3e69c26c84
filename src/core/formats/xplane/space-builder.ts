import { phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import type { Device } from '../../model/trace.ts';
import {
  DEVICE_ANNOTATIONS,
  type LaneKindIndex,
  LOGICAL,
  STREAM,
  THREAD,
} from '../trace/lane-table.ts';
import { OUTSIDE, type Selection } from '../trace/selection.ts';
import { emptySpanRow, type SpanRow } from '../trace/span-columns.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { EventDescription } from './describe-event.ts';
import type { LineRole } from './line-role.ts';

const LANE_KINDS: Readonly<Record<LineRole, LaneKindIndex>> = {
  work: STREAM,
  derived: DEVICE_ANNOTATIONS,
  steps: DEVICE_ANNOTATIONS,
  counters: LOGICAL,
  host: THREAD,
  logical: LOGICAL,
};

/** A line, as what is on it is placed. */
export interface PlacedLine {
  readonly role: LineRole;
  readonly place: number;
  readonly lane: number;
  /** On the clock of the file. */
  readonly startUs: number;
  /** Of the start, beyond its whole microseconds. */
  readonly startNs: number;
}

export interface LineHead {
  readonly plane: string;
  readonly id: string;
  readonly name: string;
  readonly role: LineRole;
  readonly device: number | null;
  readonly timestampNs: bigint;
}

/** An event with its times, in picoseconds since its line's start. */
export interface TimedEvent extends EventDescription {
  readonly offsetPs: number;
  readonly durationPs: number;
  readonly correlation: number;
  /** The number that the event gives its step; NaN where it gives none. */
  readonly step: number;
  readonly source: string;
}

export const IMPOSSIBLE = 'the time of this event is impossible';

const MAX_UINT32 = 2 ** 32 - 1;
/** 52 days; longer is nothing that was recorded. */
const MAX_DURATION_NS = 2 ** 52;

/** `train.py:12`. */
const SOURCE = /^(.+):(\d{1,9})$/s;

/** The planes of a file while they become a trace. */
export class SpaceBuilder {
  readonly trace: TraceBuilder;
  readonly devices: Device[] = [];
  readonly #rowByName = new Map<string, number>();
  /** Only text has arguments that are read again. */
  readonly #row = { ...emptySpanRow(), byteOffset: -1 };
  readonly #usedDevices = new Set<string>();

  /** Whether any span tells of Python frames. */
  hasStacks = false;
  /** Times are counted from Unix time 0 rather than from the start of the recording. */
  hasAbsoluteTimes = false;

  constructor(selection?: Selection) {
    this.trace = new TraceBuilder(selection);
  }

  placeLine({ plane, id, name, role, device, timestampNs }: LineHead): PlacedLine {
    const { labels, lanes, names } = this.trace;
    const process = labels.internText(plane);
    const place = lanes.place(process, labels.internText(role === 'host' ? id : name));
    const lane = lanes.lane(place, LANE_KINDS[role]);
    names.threads.set(place, role === 'host' ? name.replace(/\/\d+$/, '') : name);
    if (role === 'work') {
      lanes.drafts[lane].device = device;
      this.#usedDevices.add(plane);
    }
    if (device !== null) {
      names.processes.set(process, `device ${device}`);
    }
    this.hasAbsoluteTimes ||= timestampNs > EPOCH_NS;
    return {
      role,
      place,
      lane,
      startUs: Number(timestampNs / 1000n),
      startNs: Number(timestampNs % 1000n),
    };
  }

  /** Whether streams of several devices have to be told apart. */
  get hasDevices(): boolean {
    return this.#usedDevices.size > 1;
  }

  /** Null, or why the event is not taken. */
  addEvent(line: PlacedLine, event: TimedEvent): string | null {
    const start = this.time(line, event.offsetPs);
    // Both ends are rounded alike, so that what adjoins or is nested stays so.
    const fromNs = Math.round(event.offsetPs / 1000);
    const duration = Math.round((event.offsetPs + event.durationPs) / 1000) - fromNs;
    if (Number.isNaN(start) || !(duration >= 0 && duration <= MAX_DURATION_NS)) {
      return IMPOSSIBLE;
    }
    if (event.durationPs === 0 && line.role !== 'work') {
      return this.#addInstant(line, start, event.name);
    }
    this.#fill(line, event);
    this.#row.start = start;
    this.#row.duration = duration;
    if (!this.trace.takesSpan(this.#row)) {
      return OUTSIDE;
    }
    this.trace.spans.push(this.#row);
    return null;
  }

  #addInstant({ place }: PlacedLine, time: number, name: string): string | null {
    if (!this.trace.takesTime(time)) {
      return OUTSIDE;
    }
    this.trace.instants.push(time, place, this.name(name));
    return null;
  }

  /** NaN where it is too far from all others. */
  time({ startUs, startNs }: PlacedLine, offsetPs: number): number {
    const ns = startNs + Math.round(offsetPs / 1000);
    const us = Math.floor(ns / 1000);
    return this.trace.time.toNs({ whole: startUs + us, milli: ns - 1000 * us });
  }

  addCounter(time: number, name: string, value: number): void {
    this.trace.counters.push(time, this.name(name), value);
  }

  name(text: string): number {
    let row = this.#rowByName.get(text);
    if (row === undefined) {
      row = this.trace.strings.internText(text);
      this.#rowByName.set(text, row);
    }
    return row;
  }

  #fill({ lane, role }: PlacedLine, event: TimedEvent): void {
    const row: SpanRow = this.#row;
    const source = event.source === '' ? null : SOURCE.exec(event.source);
    const { correlation, step } = event;
    row.name = this.name(event.name);
    row.lane = lane;
    row.recordedPhase = phaseIndex(event.phase);
    row.correlation = correlation > 0 && correlation <= MAX_UINT32 ? correlation : 0;
    row.step = step >= 0 && step < MAX_UINT32 ? Math.floor(step) + 1 : 0;
    row.category = categoryIndex(role === 'host' && row.step > 0 ? 'step' : event.category);
    row.file = source === null ? 0 : this.name(source[1]);
    row.line = source === null ? 0 : Number(source[2]);
    this.hasStacks ||= event.category === 'python';
  }
}

/** 2001: times above count from 1970. */
const EPOCH_NS = 1_000_000_000_000_000_000n;
