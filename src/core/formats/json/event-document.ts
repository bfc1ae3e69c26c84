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

type Place = 'start' | 'members' | 'events' | 'skipping' | 'searching' | 'done';

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
  readonly #options: DocumentOptions;
  readonly #visitor: DocumentVisitor;
  readonly #text: ScannedText;
  readonly #window: ByteWindow;
  readonly #scanner: ObjectScanner;
  #place: Place = 'start';
  /** Of the document in work: a file may hold several, one after another. */
  #shape: DocumentOptions['shape'];
  #isEndTold = false;
  /** Where to go on when what is being skipped or searched is over. */
  #placeAfter: Place = 'events';
  #skipper = new ContainerSkipper();
  #finder = new EventFinder(false);
  readonly #separators = new Separators();
  readonly #log: DocumentLog;
  #at = 0;
  #retryAt = 0;
  #isFinal = false;

  constructor(options: DocumentOptions, visitor: DocumentVisitor) {
    this.#options = options;
    this.#visitor = visitor;
    this.#text = new ScannedText(options.layout);
    this.#window = this.#text.window;
    this.#scanner = this.#text.scanner;
    this.#log = new DocumentLog(this.#window, this.#separators, visitor);
    this.#shape = options.shape;
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
    if (isOpen && this.#shape === 'object') {
      this.#log.tellCut(this.#window.end, 'the file ends before its JSON text does');
    }
    this.#text.close();
  }

  #run(): void {
    this.#scanner.attach(this.#window.bytes, this.#window.end);
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
        return this.#enterNext();
    }
  }

  /** Behind the end of a document. What follows an array is taken for more of its events. */
  #enterNext(): boolean {
    const { bytes, end } = this.#window;
    this.#skipSeparators();
    const start = this.#at;
    if (start >= end || this.#isEndTold) {
      this.#at = end;
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
    this.#at += isArray || this.#shape === 'object' ? 1 : 0;
    this.#separators.restart();
    this.#place = this.#shape === 'array' ? 'events' : 'members';
    return true;
  }

  #enter(): boolean {
    const { bytes, end } = this.#window;
    const opening = this.#shape === 'array' ? OPEN_BRACKET : OPEN_BRACE;
    const at = bytes.subarray(0, end).indexOf(opening, this.#at);
    this.#at = at < 0 ? end : at + 1;
    if (at < 0) {
      return false;
    }
    this.#place = this.#shape === 'array' ? 'events' : 'members';
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
    const valueStart = keyEnd < 0 ? keyEnd : this.#scanner.skipColon(keyEnd);
    if (valueStart === MALFORMED) {
      this.#at = keyEnd;
      return true;
    }
    if (valueStart < 0) {
      if (end - start <= MAX_MEMBER_BYTES) {
        return this.#waitFor(start, MAX_MEMBER_BYTES);
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

  #enterEvents(): void {
    this.#place = 'events';
    this.#separators.restart();
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
        this.#log.checkSeparators('end', this.#at++);
        this.#place = this.#shape === 'object' ? 'members' : 'done';
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
      return this.#leaveMalformed(start);
    }
    this.#log.checkSeparators('value', start);
    if (end - start > this.#options.maxEventBytes) {
      this.#log.drop(start, TOO_LARGE);
    } else {
      this.#visitor.onEvent(this.#scanner, start, end, this.#log.offset(start));
    }
    this.#at = end;
    return true;
  }

  #waitForEvent(start: number): boolean {
    if (this.#isFinal) {
      return this.#leaveCut(start);
    }
    if (this.#window.end - start > this.#options.maxEventBytes) {
      this.#log.drop(start, TOO_LARGE);
      this.#skipThen('events');
      return true;
    }
    return this.#waitFor(start, this.#options.maxEventBytes);
  }

  /** The bytes end within what began as an event: it is cut, unless other events follow. */
  #leaveCut(start: number): boolean {
    const excerpt = this.#log.excerpt(start);
    this.#searchFrom(start + 1, false);
    const isFound = this.#search();
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
    if (end === NEEDS_MORE && !this.#isFinal) {
      return this.#waitFor(start, MAX_MALFORMED_BYTES);
    }
    this.#log.drop(start, MALFORMED_EVENT);
    if (end >= 0) {
      this.#at = end;
    } else {
      this.#searchFrom(start + 1, false);
    }
    return true;
  }

  #searchFrom(at: number, isBetweenEvents: boolean): void {
    this.#at = at;
    this.#finder = new EventFinder(isBetweenEvents);
    this.#place = 'searching';
  }

  #search(): boolean {
    const { bytes, end } = this.#window;
    const start = this.#finder.find(bytes, this.#at, end);
    this.#at = start < 0 ? end : start;
    if (start < 0) {
      return false;
    }
    this.#enterEvents();
    return true;
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
    this.#at = this.#separators.skip(this.#window.bytes, this.#at, this.#window.end);
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
}
