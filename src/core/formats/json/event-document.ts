import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  STARTS_VALUE,
} from './bytes.ts';
import type { ByteWindow } from './byte-window.ts';
import { ContainerSkipper } from './container-skipper.ts';
import { EventFinder } from './event-finder.ts';
import type { DocumentVisitor, EventSink } from './document-visitor.ts';
import { DocumentLog } from './document-log.ts';
import type { DocumentOptions } from './document-options.ts';
import { endOfMalformed, MAX_MALFORMED_BYTES } from './malformed-event.ts';
import { MALFORMED, NEEDS_MORE, type ObjectScanner } from './object-scanner.ts';
import { ScannedText } from './scanned-text.ts';
import { Separators } from './separators.ts';

type Place = 'start' | 'members' | 'events' | 'detour' | 'done' | 'stopped';

/** Goes over bytes that are not read: where to go on, or -1 if that is not before `end`. */
type Detour = (bytes: Uint8Array, from: number, end: number) => number;

/** Larger members of the top-level object are skipped: nothing that is needed is that large. */
const MAX_MEMBER_BYTES = 4 << 20;

const MALFORMED_EVENT = 'this event is not valid JSON';
const TOO_LARGE = 'this event is too large to be one';
const ANOTHER_DOCUMENT = 'another JSON document begins here: its events are read as well';
const TEXT_BEHIND_END = 'the JSON document ends before this: what follows is not read';

/**
 * Reads the events of a JSON text that comes in chunks, as far as they can be read. An event that
 * straddles chunks is scanned again once twice its bytes are there, so the time stays linear.
 */
export class EventDocument implements EventSink {
  /** Where the event begins at which this was to end; null where there is none such. */
  stoppedAt: number | null = null;
  readonly #options: DocumentOptions;
  readonly #visitor: DocumentVisitor;
  readonly #text: ScannedText;
  readonly #window: ByteWindow;
  readonly #scanner: ObjectScanner;
  #place: Place = 'start';
  /** Of the document in work: a file may hold several, one after another. */
  #shape: DocumentOptions['shape'];
  #isEndTold = false;
  #detour: Detour = () => -1;
  #placeAfter: Place = 'events';
  readonly #separators = new Separators();
  readonly #log: DocumentLog;

  constructor(options: DocumentOptions, visitor: DocumentVisitor) {
    this.#options = options;
    this.#visitor = visitor;
    this.#text = new ScannedText(options.layout);
    this.#window = this.#text.window;
    this.#scanner = this.#text.scanner;
    if (options.start !== undefined && options.start > 0) {
      this.#window.fileOffset = options.start;
      this.#place = 'events';
    }
    this.#log = new DocumentLog(this.#window, this.#separators, visitor);
    this.#shape = options.shape;
  }

  get isDone(): boolean {
    return this.#place === 'stopped';
  }

  push(chunk: Uint8Array): void {
    if (this.#text.append(chunk)) {
      this.#run();
    }
  }

  /** No more bytes come. */
  finish(): void {
    this.#text.isFinal = true;
    this.#run();
    const isOpen = !['done', 'start', 'stopped'].includes(this.#place);
    if (isOpen && this.#shape === 'object') {
      this.#log.tellCut(this.#window.end, 'the file ends before its JSON text does');
    }
    this.#text.close();
  }

  #run(): void {
    const end = this.#options.end ?? Infinity;
    while (this.#step()) {
      if (this.#log.offset(this.#text.at) >= end && this.#place !== 'events') {
        this.#place = 'stopped';
      }
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
      case 'detour':
        return this.#stepDetour();
      case 'done':
        return this.#enterNext();
      case 'stopped':
        return false;
    }
  }

  /** Behind the end of a document. What follows an array is taken for more of its events. */
  #enterNext(): boolean {
    const { bytes, end } = this.#window;
    this.#skipSeparators();
    const start = this.#text.at;
    if (start >= end || this.#isEndTold) {
      this.#text.at = end;
      return false;
    }
    const isArray = bytes[start] === OPEN_BRACKET;
    if (!isArray && bytes[start] !== OPEN_BRACE) {
      this.#isEndTold = true;
      this.#log.repair(start, TEXT_BEHIND_END);
      return true;
    }
    this.#log.repair(start, ANOTHER_DOCUMENT);
    this.#shape = isArray ? 'array' : this.#shape;
    this.#text.at += isArray || this.#shape === 'object' ? 1 : 0;
    this.#separators.restart();
    this.#place = this.#shape === 'array' ? 'events' : 'members';
    return true;
  }

  #enter(): boolean {
    const { bytes, end } = this.#window;
    const opening = this.#shape === 'array' ? OPEN_BRACKET : OPEN_BRACE;
    const at = bytes.subarray(0, end).indexOf(opening, this.#text.at);
    this.#text.at = at < 0 ? end : at + 1;
    if (at < 0) {
      return false;
    }
    this.#place = this.#shape === 'array' ? 'events' : 'members';
    return true;
  }

  #stepMember(): boolean {
    this.#skipSeparators();
    const { bytes, end } = this.#window;
    const start = this.#text.at;
    if (start >= end) {
      return false;
    }
    if (bytes[start] === CLOSE_BRACE) {
      this.#text.at++;
      this.#place = 'done';
      return true;
    }
    if (bytes[start] !== QUOTE) {
      this.#text.at++;
      return true;
    }
    const keyEnd = this.#scanner.skipString(start + 1);
    const valueStart = keyEnd < 0 ? keyEnd : this.#scanner.skipColon(keyEnd);
    if (valueStart === MALFORMED) {
      this.#text.at = keyEnd;
      return true;
    }
    if (valueStart < 0) {
      if (end - start <= MAX_MEMBER_BYTES) {
        return this.#text.waitFor(start, MAX_MEMBER_BYTES);
      }
      this.#skipThen('members');
      return true;
    }
    return this.#readMember(start, keyEnd, valueStart);
  }

  #readMember(start: number, keyEnd: number, valueStart: number): boolean {
    const { bytes } = this.#window;
    const key = new TextDecoder().decode(bytes.subarray(start + 1, keyEnd - 1));
    if (this.#options.eventKeys.includes(key) && bytes[valueStart] === OPEN_BRACKET) {
      this.#text.at = valueStart + 1;
      this.#enterEvents();
      return true;
    }
    const valueEnd = this.#scanner.skipValue(valueStart);
    if (valueEnd < 0) {
      if (!this.#text.isFinal && this.#window.end - start <= MAX_MEMBER_BYTES) {
        return this.#text.waitFor(start, MAX_MEMBER_BYTES);
      }
      this.#visitor.onMember(key, null);
      this.#text.at = valueStart;
      this.#skipThen('members');
      return true;
    }
    this.#visitor.onMember(key, bytes.subarray(valueStart, valueEnd));
    this.#text.at = valueEnd;
    return true;
  }

  #enterEvents(): void {
    this.#place = 'events';
    this.#separators.restart();
  }

  #stepEvent(): boolean {
    this.#skipSeparators();
    const { bytes, end } = this.#window;
    const start = this.#text.at;
    if (start >= end) {
      return false;
    }
    if (this.#log.offset(start) >= (this.#options.end ?? Infinity)) {
      return this.#stop(start);
    }
    switch (bytes[start]) {
      case OPEN_BRACE:
        return this.#readEvent(start);
      case CLOSE_BRACKET:
        this.#log.checkSeparators('end', this.#text.at++);
        this.#place = this.#shape === 'object' ? 'members' : 'done';
        return true;
      default:
        return this.#dropOddValue(start);
    }
  }

  #stop(start: number): boolean {
    this.#log.checkSeparators('value', start);
    this.stoppedAt = this.#log.offset(start);
    this.#place = 'stopped';
    return false;
  }

  #readEvent(start: number): boolean {
    const end = this.#scanner.scan(start);
    if (end === NEEDS_MORE) {
      return this.#waitForEvent(start);
    }
    if (end === MALFORMED) {
      return this.#leaveMalformed(start);
    }
    this.#log.checkSeparators('value', start);
    if (end - start > this.#options.maxEventBytes) {
      this.#log.drop(start, TOO_LARGE);
    } else {
      this.#visitor.onEvent(this.#scanner, start, end, this.#log.offset(start));
    }
    this.#text.at = end;
    return true;
  }

  #waitForEvent(start: number): boolean {
    if (this.#text.isFinal) {
      return this.#leaveCut(start);
    }
    if (this.#window.end - start > this.#options.maxEventBytes) {
      this.#log.drop(start, TOO_LARGE);
      this.#skipThen('events');
      return true;
    }
    return this.#text.waitFor(start, this.#options.maxEventBytes);
  }

  /** The bytes end within what began as an event: it is cut, unless other events follow. */
  #leaveCut(start: number): boolean {
    const excerpt = this.#log.excerpt(start);
    this.#searchFrom(start + 1, false);
    const isFound = this.#stepDetour();
    if (isFound) {
      this.#visitor.onDropped(this.#log.offset(start), MALFORMED_EVENT, excerpt);
    } else {
      this.#visitor.onCut(this.#log.offset(start), 'the file ends within this event', excerpt);
    }
    return isFound;
  }

  /** Something between the events that is none: a number, a word, an array, or bytes without sense. */
  #dropOddValue(start: number): boolean {
    this.#log.drop(start, 'this is not an event');
    if (STARTS_VALUE[this.#window.bytes[start]] === 1) {
      this.#skipThen('events');
    } else {
      this.#searchFrom(start + 1, true);
    }
    return true;
  }

  /** Goes to the end of the event if its braces tell it, else to what looks like the next event. */
  #leaveMalformed(start: number): boolean {
    const end = endOfMalformed(this.#window.bytes, start, this.#window.end);
    if (end === NEEDS_MORE && !this.#text.isFinal) {
      return this.#text.waitFor(start, MAX_MALFORMED_BYTES);
    }
    this.#log.drop(start, MALFORMED_EVENT);
    if (end >= 0) {
      this.#text.at = end;
    } else {
      this.#searchFrom(start + 1, false);
    }
    return true;
  }

  #searchFrom(at: number, isBetweenEvents: boolean): void {
    const finder = new EventFinder(isBetweenEvents);
    this.#text.at = at;
    this.#separators.restart();
    this.#goAround((bytes, from, end) => finder.find(bytes, from, end), 'events');
  }

  #skipThen(place: Place): void {
    const skipper = new ContainerSkipper();
    this.#goAround((bytes, from, end) => skipper.skip(bytes, from, end), place);
  }

  #goAround(detour: Detour, placeAfter: Place): void {
    this.#detour = detour;
    this.#placeAfter = placeAfter;
    this.#place = 'detour';
  }

  #stepDetour(): boolean {
    const { bytes, end } = this.#window;
    const at = this.#detour(bytes, this.#text.at, end);
    this.#text.at = at < 0 ? end : at;
    if (at < 0) {
      return false;
    }
    this.#place = this.#placeAfter;
    return true;
  }

  #skipSeparators(): void {
    this.#text.at = this.#separators.skip(this.#window.bytes, this.#text.at, this.#window.end);
  }
}
