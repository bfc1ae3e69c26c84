import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  IS_BLANK,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  STARTS_VALUE,
} from './bytes.ts';
import { ByteWindow } from './byte-window.ts';
import { ContainerSkipper } from './container-skipper.ts';
import type { DocumentVisitor, EventSink } from './document-visitor.ts';
import { MALFORMED, NEEDS_MORE, ObjectScanner, type ObjectLayout } from './object-scanner.ts';

export interface DocumentOptions {
  /** Events in an array, or in arrays that are members of an object. */
  readonly shape: 'array' | 'object';
  readonly layout: ObjectLayout;
  /** Keys whose arrays hold the events; for the shape `object`. */
  readonly eventKeys: readonly string[];
  /** A larger event is dropped: it is no event. */
  readonly maxEventBytes: number;
}

type Place = 'start' | 'members' | 'events' | 'skipping' | 'searching' | 'done';

/** Larger members of the top-level object are skipped: nothing that is needed is that large. */
const MAX_MEMBER_BYTES = 4 << 20;

/** As far as the end of a malformed event is looked for by its braces. */
const MAX_MALFORMED_BYTES = 1 << 20;

const EXCERPT_BYTES = 512;

const MALFORMED_EVENT = 'this event is not valid JSON';
const TOO_LARGE = 'this event is too large to be one';

/**
 * Reads the events of a JSON text that comes in chunks, as far as they can be read. An event that
 * straddles chunks is scanned again once twice its bytes are there, so the time stays linear.
 */
export class EventDocument implements EventSink {
  readonly #options: DocumentOptions;
  readonly #visitor: DocumentVisitor;
  readonly #window = new ByteWindow();
  readonly #scanner: ObjectScanner;
  #place: Place = 'start';
  /** Where to go on when what is being skipped or searched is over. */
  #placeAfter: Place = 'events';
  #skipper = new ContainerSkipper();
  /** Whether the next opening brace, behind blanks and a comma, begins an event. */
  #isBetweenEvents = false;
  #at = 0;
  #retryAt = 0;
  #isFinal = false;
  #commas = 0;
  #isFirst = true;

  constructor(options: DocumentOptions, visitor: DocumentVisitor) {
    this.#options = options;
    this.#visitor = visitor;
    this.#scanner = new ObjectScanner(options.layout);
  }

  push(chunk: Uint8Array): void {
    this.#window.append(chunk, this.#at);
    this.#retryAt -= this.#at;
    this.#at = 0;
    if (this.#window.end >= this.#retryAt) {
      this.#run();
    }
  }

  /** No more bytes come. */
  finish(): void {
    this.#isFinal = true;
    this.#run();
    const isOpen = this.#place !== 'done' && this.#place !== 'start';
    if (isOpen && this.#options.shape === 'object') {
      this.#visitor.onCut(
        this.#offset(this.#window.end),
        'the file ends before its JSON text does',
        new Uint8Array(0),
      );
    }
  }

  #run(): void {
    this.#scanner.bytes = this.#window.bytes;
    this.#scanner.end = this.#window.end;
    while (this.#step()) {
      // Each step goes on by itself.
    }
  }

  /** False if more bytes are needed. */
  #step(): boolean {
    switch (this.#place) {
      case 'start':
        return this.#enter();
      case 'members':
        return this.#stepMember();
      case 'events':
        return this.#stepEvent();
      case 'skipping':
        return this.#skip();
      case 'searching':
        return this.#search();
      case 'done':
        this.#at = this.#window.end;
        return false;
    }
  }

  #enter(): boolean {
    const { bytes, end } = this.#window;
    const opening = this.#options.shape === 'array' ? OPEN_BRACKET : OPEN_BRACE;
    while (this.#at < end && bytes[this.#at] !== opening) {
      this.#at++;
    }
    if (this.#at === end) {
      return false;
    }
    this.#at++;
    this.#place = this.#options.shape === 'array' ? 'events' : 'members';
    return true;
  }

  #stepMember(): boolean {
    this.#skipSeparators();
    const { bytes, end } = this.#window;
    const start = this.#at;
    if (start >= end) {
      return false;
    }
    if (bytes[start] === CLOSE_BRACE) {
      this.#at++;
      this.#place = 'done';
      return true;
    }
    if (bytes[start] !== QUOTE) {
      this.#at++;
      return true;
    }
    const keyEnd = this.#scanner.skipString(start + 1);
    const valueStart = keyEnd < 0 ? NEEDS_MORE : this.#valueAfter(keyEnd);
    if (valueStart < 0) {
      return this.#waitFor(start, MAX_MEMBER_BYTES);
    }
    return this.#readMember(start, keyEnd, valueStart);
  }

  #readMember(start: number, keyEnd: number, valueStart: number): boolean {
    const { bytes } = this.#window;
    const key = new TextDecoder().decode(bytes.subarray(start + 1, keyEnd - 1));
    if (this.#options.eventKeys.includes(key) && bytes[valueStart] === OPEN_BRACKET) {
      this.#at = valueStart + 1;
      this.#enterEvents();
      return true;
    }
    const valueEnd = this.#scanner.skipValue(valueStart);
    if (valueEnd < 0) {
      if (!this.#isFinal && this.#window.end - start <= MAX_MEMBER_BYTES) {
        return this.#waitFor(start, MAX_MEMBER_BYTES);
      }
      this.#visitor.onMember(key, null);
      this.#at = valueStart;
      this.#skipThen('members');
      return true;
    }
    this.#visitor.onMember(key, bytes.subarray(valueStart, valueEnd));
    this.#at = valueEnd;
    return true;
  }

  /** The first byte of the value after a key, `NEEDS_MORE` if it is not there yet. */
  #valueAfter(keyEnd: number): number {
    const { bytes, end } = this.#window;
    let p = keyEnd;
    while (p < end && (IS_BLANK[bytes[p]] === 1 || bytes[p] === COLON)) {
      p++;
    }
    return p >= end ? NEEDS_MORE : p;
  }

  #enterEvents(): void {
    this.#place = 'events';
    this.#commas = 0;
    this.#isFirst = true;
  }

  #stepEvent(): boolean {
    this.#skipSeparators();
    const { bytes, end } = this.#window;
    const start = this.#at;
    if (start >= end) {
      return false;
    }
    switch (bytes[start]) {
      case OPEN_BRACE:
        return this.#readEvent(start);
      case CLOSE_BRACKET:
        this.#at++;
        this.#noteSeparators(0);
        this.#place = this.#options.shape === 'object' ? 'members' : 'done';
        return true;
      default:
        return this.#dropOddValue(start);
    }
  }

  #readEvent(start: number): boolean {
    const end = this.#scanner.scan(start);
    if (end === NEEDS_MORE) {
      return this.#waitForEvent(start);
    }
    if (end === MALFORMED) {
      this.#dropEvent(start, MALFORMED_EVENT);
      this.#leaveMalformed(start);
      return true;
    }
    this.#noteSeparators(this.#isFirst ? 0 : 1);
    if (end - start > this.#options.maxEventBytes) {
      this.#dropEvent(start, TOO_LARGE);
    } else {
      this.#visitor.onEvent(this.#scanner, start, end, this.#offset(start));
    }
    this.#at = end;
    return true;
  }

  #waitForEvent(start: number): boolean {
    if (this.#isFinal) {
      return this.#leaveCut(start);
    }
    if (this.#window.end - start > this.#options.maxEventBytes) {
      this.#dropEvent(start, TOO_LARGE);
      this.#skipThen('events');
      return true;
    }
    return this.#waitFor(start, this.#options.maxEventBytes);
  }

  /** The bytes end within what began as an event: it is cut, unless other events follow. */
  #leaveCut(start: number): boolean {
    const excerpt = this.#bytesAt(start);
    this.#searchFrom(start + 1, false);
    const isFound = this.#search();
    if (isFound) {
      this.#visitor.onDropped(this.#offset(start), MALFORMED_EVENT, excerpt);
    } else {
      this.#visitor.onCut(this.#offset(start), 'the file ends within this event', excerpt);
    }
    return isFound;
  }

  /** Something between the events that is none: a number, a word, an array, or bytes without sense. */
  #dropOddValue(start: number): boolean {
    this.#dropEvent(start, 'this is not an event');
    if (STARTS_VALUE[this.#window.bytes[start]] === 1) {
      this.#skipThen('events');
    } else {
      this.#searchFrom(start + 1, true);
    }
    return true;
  }

  /** Goes to the end of the event if its braces tell it, else to what looks like the next event. */
  #leaveMalformed(start: number): void {
    const end = this.#scanner.skipContainer(start);
    const next = end < 0 || end - start > MAX_MALFORMED_BYTES ? end : this.#nonBlank(end);
    const byte = next < 0 ? 0 : this.#window.bytes[next];
    if (byte === COMMA || byte === CLOSE_BRACKET || (byte === OPEN_BRACE && next > end)) {
      this.#at = end;
      return;
    }
    this.#searchFrom(start + 1, false);
  }

  #nonBlank(from: number): number {
    let p = from;
    while (IS_BLANK[this.#window.bytes[p]] === 1) {
      p++;
    }
    return p;
  }

  #searchFrom(at: number, isBetweenEvents: boolean): void {
    this.#at = at;
    this.#isBetweenEvents = isBetweenEvents;
    this.#place = 'searching';
  }

  /** For a brace that opens behind one that closes, with at most a comma between them. */
  #search(): boolean {
    const { bytes, end } = this.#window;
    for (let p = this.#at; p < end; p++) {
      const byte = bytes[p];
      if (byte === OPEN_BRACE && this.#isBetweenEvents) {
        this.#at = p;
        this.#enterEvents();
        return true;
      }
      if (byte === CLOSE_BRACE) {
        this.#isBetweenEvents = true;
      } else if (byte > 0x20 && byte !== COMMA) {
        this.#isBetweenEvents = false;
      }
    }
    this.#at = end;
    return false;
  }

  #skipThen(place: Place): void {
    this.#skipper = new ContainerSkipper();
    this.#placeAfter = place;
    this.#place = 'skipping';
  }

  #skip(): boolean {
    const { bytes, end } = this.#window;
    const valueEnd = this.#skipper.skip(bytes, this.#at, end);
    this.#at = valueEnd < 0 ? end : valueEnd;
    if (valueEnd < 0) {
      return false;
    }
    this.#place = this.#placeAfter;
    return true;
  }

  #skipSeparators(): void {
    const { bytes, end } = this.#window;
    let p = this.#at;
    while (p < end && (IS_BLANK[bytes[p]] === 1 || bytes[p] === COMMA)) {
      if (bytes[p] === COMMA) {
        this.#commas++;
      }
      p++;
    }
    this.#at = p;
  }

  #noteSeparators(expected: number): void {
    if (this.#commas !== expected) {
      const reason =
        this.#commas > expected ? 'there is a comma too many here' : 'a comma is missing here';
      this.#visitor.onRepaired(this.#offset(this.#at), reason, this.#bytesAt(this.#at));
    }
    this.#commas = 0;
    this.#isFirst = false;
  }

  #waitFor(start: number, maxBytes: number): boolean {
    if (this.#isFinal) {
      this.#at = this.#window.end;
      return false;
    }
    this.#at = start;
    this.#retryAt = start + Math.min(2 * (this.#window.end - start), maxBytes + 1);
    return false;
  }

  #dropEvent(start: number, reason: string): void {
    this.#noteSeparators(this.#isFirst ? 0 : 1);
    this.#visitor.onDropped(this.#offset(start), reason, this.#bytesAt(start));
  }

  #offset(at: number): number {
    return this.#window.fileOffset + at;
  }

  #bytesAt(start: number): Uint8Array {
    return this.#window.bytes.subarray(start, Math.min(this.#window.end, start + EXCERPT_BYTES));
  }
}
