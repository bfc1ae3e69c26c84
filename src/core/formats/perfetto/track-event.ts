import { WireCursor } from '../protobuf/wire-cursor.ts';
import { ANNOTATION, EVENT_TYPE, LEGACY, TRACK_EVENT } from './schema.ts';
import type { InternedId, Sequence, SourcePlace } from './sequence.ts';

/** Flows of one event beyond these are not drawn. */
const MAX_FLOWS = 16;

/** Arguments that join a launch to its work, as rocprofv3 and others call them. */
const CORRELATION = /^(corr_id|correlation(_id)?|External id)$/;
/** The device that a copy is from, where its track is that of what it is to. */
const FROM_DEVICE = /^src_agent$/;

const LETTER = { begin: 66, end: 69, complete: 88, instants: [73, 82, 105] };

/** One event of a track, as it stands in a packet; to be filled again for the next. */
export class TrackEvent {
  type = 0;
  /** Null where the sequence's default counts. */
  track: InternedId | null = null;
  name = '';
  category = '';
  /** NaN where there is none. */
  value = NaN;
  correlation = 0;
  fromDevice = '';
  place: SourcePlace | null = null;
  /** Of an event that has its end with it; NaN where it has not. */
  durationUs = NaN;
  /** The one that old writers give with the event; NaN where the packet has it. */
  timestampUs = NaN;
  /** The letter of a kind of event that is not read; 0 is none. */
  unknownPhase = 0;
  readonly flows: InternedId[] = [];
  readonly endingFlows: InternedId[] = [];
  readonly #event = new WireCursor();
  readonly #inner = new WireCursor();

  /** False where the bytes are damaged. */
  read(bytes: Uint8Array, start: number, end: number, sequence: Sequence): boolean {
    this.#clear();
    const event = this.#event.open(bytes, start, end);
    while (event.next()) {
      this.#readField(event, sequence);
    }
    return event.isSound;
  }

  #clear(): void {
    this.type = 0;
    this.track = null;
    this.name = '';
    this.category = '';
    this.value = NaN;
    this.correlation = 0;
    this.fromDevice = '';
    this.place = null;
    this.durationUs = NaN;
    this.timestampUs = NaN;
    this.unknownPhase = 0;
    this.flows.length = 0;
    this.endingFlows.length = 0;
  }

  #readField(event: WireCursor, sequence: Sequence): void {
    switch (event.field) {
      case TRACK_EVENT.type:
        this.type = event.number();
        break;
      case TRACK_EVENT.track:
        this.track = event.integer();
        break;
      case TRACK_EVENT.name:
        this.name = event.text();
        break;
      case TRACK_EVENT.nameId:
        this.name = sequence.text('names', event.integer());
        break;
      case TRACK_EVENT.annotations:
        this.#readAnnotation(event, sequence);
        break;
      case TRACK_EVENT.legacy:
        this.#readLegacy(event, sequence);
        break;
      case TRACK_EVENT.flows:
      case TRACK_EVENT.oldFlows:
        addFlow(this.flows, event);
        break;
      case TRACK_EVENT.endingFlows:
      case TRACK_EVENT.oldEndingFlows:
        addFlow(this.endingFlows, event);
        break;
      default:
        this.#readRareField(event, sequence);
    }
  }

  #readRareField(event: WireCursor, sequence: Sequence): void {
    switch (event.field) {
      case TRACK_EVENT.category:
        this.category ||= event.text();
        break;
      case TRACK_EVENT.categoryIds:
        this.category ||= sequence.text('categories', event.integer());
        break;
      case TRACK_EVENT.counter:
        this.value = event.number();
        break;
      case TRACK_EVENT.doubleCounter:
        this.value = event.double();
        break;
      case TRACK_EVENT.locationId:
        this.place = sequence.place(event.integer());
        break;
      case TRACK_EVENT.timestampUs:
        this.timestampUs = event.number();
        break;
      case TRACK_EVENT.correlation:
        this.correlation = event.number();
        break;
    }
  }

  #readAnnotation({ bytes, start, end }: WireCursor, sequence: Sequence): void {
    const field = this.#inner.open(bytes, start, end);
    let name = '';
    let number = 0;
    let text = '';
    while (field.next()) {
      switch (field.field) {
        case ANNOTATION.name:
          name = field.text();
          break;
        case ANNOTATION.nameId:
          name = sequence.text('annotationNames', field.integer());
          break;
        case ANNOTATION.unsigned:
        case ANNOTATION.integer:
          number = field.number();
          break;
        case ANNOTATION.text:
          text = FROM_DEVICE.test(name) ? field.text() : '';
          break;
        case ANNOTATION.textId:
          text = sequence.text('annotationTexts', field.integer());
          break;
      }
    }
    if (CORRELATION.test(name)) {
      this.correlation = number;
    } else if (FROM_DEVICE.test(name)) {
      this.fromDevice = text;
    }
  }

  /** Events as Chrome's own tracing has them. */
  #readLegacy({ bytes, start, end }: WireCursor, sequence: Sequence): void {
    const field = this.#inner.open(bytes, start, end);
    let phase = 0;
    while (field.next()) {
      switch (field.field) {
        case LEGACY.phase:
          phase = field.number();
          break;
        case LEGACY.durationUs:
          this.durationUs = field.number();
          break;
        case LEGACY.nameId:
          this.name ||= sequence.text('names', field.integer());
          break;
      }
    }
    if (this.type === 0 && phase !== 0) {
      this.type = typeOfPhase(phase);
      this.unknownPhase = this.type === 0 ? phase : 0;
    }
    this.durationUs = phase === LETTER.complete ? this.durationUs : NaN;
  }
}

function typeOfPhase(phase: number): number {
  switch (phase) {
    case LETTER.begin:
    case LETTER.complete:
      return EVENT_TYPE.begin;
    case LETTER.end:
      return EVENT_TYPE.end;
    default:
      return LETTER.instants.includes(phase) ? EVENT_TYPE.instant : 0;
  }
}

function addFlow(flows: InternedId[], event: WireCursor): void {
  if (flows.length < MAX_FLOWS) {
    flows.push(event.integer());
  }
}
