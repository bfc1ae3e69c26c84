import type { Head } from '../format.ts';
import { IS_BLANK, OPEN_BRACE, OPEN_BRACKET } from '../json/bytes.ts';
import type { DocumentVisitor } from '../json/document-visitor.ts';
import { EventDocument } from '../json/event-document.ts';
import { LineDocument } from '../json/line-document.ts';
import { ObjectScanner } from '../json/object-scanner.ts';
import { EVENT_LAYOUT, FIELD } from './event-layout.ts';

/** How events stand in a file: in an array, in an object, or one a line. */
export type EventShape = 'array' | 'object' | 'lines';

export const EVENT_KEYS: readonly string[] = ['traceEvents'];

/** Larger events are none. */
export const MAX_EVENT_BYTES = 64 << 20;

/** What the first bytes tell of a file of events. */
export interface EventProbe {
  readonly shape: EventShape | null;
  /** Members of the object around the events, with their bytes if they are small. */
  readonly members: ReadonlyMap<string, Uint8Array | null>;
  readonly categories: ReadonlySet<string>;
  /** Events with a phase. */
  readonly eventCount: number;
}

export function probeEvents({ bytes, isWhole }: Head): EventProbe {
  const shape = shapeOf(bytes, isWhole);
  const collector = new ProbeCollector();
  const sink =
    shape === 'lines'
      ? new LineDocument(EVENT_LAYOUT, MAX_EVENT_BYTES, collector)
      : new EventDocument(
          {
            shape: shape ?? 'array',
            layout: EVENT_LAYOUT,
            eventKeys: EVENT_KEYS,
            maxEventBytes: MAX_EVENT_BYTES,
          },
          collector,
        );
  if (shape !== null) {
    sink.push(bytes);
    sink.finish();
  }
  const { members, categories, eventCount } = collector;
  return { shape, members, categories, eventCount };
}

class ProbeCollector implements DocumentVisitor {
  readonly members = new Map<string, Uint8Array | null>();
  readonly categories = new Set<string>();
  eventCount = 0;
  readonly #decoder = new TextDecoder();

  onEvent({ bytes, starts, ends }: ObjectScanner): void {
    if (starts[FIELD.phase] === 0) {
      return;
    }
    this.eventCount++;
    const start = starts[FIELD.category];
    if (start !== 0 && ends[FIELD.category] - start < 100) {
      this.categories.add(
        this.#decoder.decode(bytes.subarray(start + 1, ends[FIELD.category] - 1)),
      );
    }
  }

  onMember(key: string, value: Uint8Array | null): void {
    this.members.set(key, value?.slice() ?? null);
  }

  onDropped(): void {
    // A head says what a file is, not what is wrong with it.
  }

  onRepaired(): void {
    // As above.
  }

  onCut(): void {
    // As above: a head is cut as a rule.
  }
}

function shapeOf(bytes: Uint8Array, isWhole: boolean): EventShape | null {
  const start = skipBlanks(bytes, skipByteOrderMark(bytes));
  if (bytes[start] === OPEN_BRACKET) {
    return 'array';
  }
  if (bytes[start] !== OPEN_BRACE) {
    return null;
  }
  const scanner = new ObjectScanner(EVENT_LAYOUT);
  scanner.bytes = new Uint8Array(bytes.length + 1);
  scanner.bytes.set(bytes);
  scanner.end = bytes.length;
  const end = scanner.scan(start);
  if (end < 0) {
    return 'object';
  }
  const next = skipBlanks(bytes, end);
  const isEvent = scanner.starts[FIELD.phase] !== 0;
  const isLine = bytes[next] === OPEN_BRACE ? !hasEvents(bytes, start, end) : isWhole && isEvent;
  return isLine ? 'lines' : 'object';
}

/** Whether these are documents of events, several in one file, rather than lines of one event each. */
function hasEvents(bytes: Uint8Array, start: number, end: number): boolean {
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, end));
  return EVENT_KEYS.some((key) => text.includes(`"${key}"`));
}

function skipByteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let p = from;
  while (p < bytes.length && (IS_BLANK[bytes[p]] === 1 || bytes[p] === 0x2c)) {
    p++;
  }
  return p;
}
