import type { StringTable } from '../../base/string-table.ts';
import { type Dialect, eventClass } from './events/dialect.ts';
import type { EventFormat } from './events/event-format.ts';
import { eventParts } from './events/event-parts.ts';
import { probeEvents } from './events/probe-events.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import { isRecord, parseJson } from './json/loose-values.ts';
import { ProfilerMessages } from './trace/profiler-messages.ts';
import type { SpanRow } from './trace/span-columns.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

/** What functions are of: "function entry and exit". */
const FUNCTIONS = 'FEE';
const METADATA = 'viztracer_metadata';

/** `main (/home/me/train.py:12)`; functions written in C have no place. */
const FRAME = /^(.+) \((.+):(\d{1,9})\)$/s;

/** Python functions as VizTracer records them. https://viztracer.readthedocs.io */
export const viztracer: Format = {
  id: 'viztracer',
  title: 'VizTracer',

  recognize(head) {
    const { members, categories } = probeEvents(head);
    return members.has(METADATA) || categories.has(FUNCTIONS) ? 0.7 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read(source, options) {
    return readEvents(source, options, new VizTracerFormat());
  },

  parts: eventParts(() => new VizTracerFormat()),
};

const OVERFLOW =
  'the buffer overflowed, and the oldest events are lost: a larger --tracer_entries holds more';

class VizTracerFormat implements EventFormat {
  readonly dialect = new VizTracerDialect();
  readonly showsProcess = true;
  readonly #messages = new ProfilerMessages();
  #baseNs: bigint | null = null;

  onMember(key: string, value: Uint8Array | null): void {
    const text = key === METADATA && value !== null ? new TextDecoder().decode(value) : '';
    // More than fits a double: never through a number.
    const base = /"baseTimeNanoseconds"\s*:\s*(\d{1,19})\b/.exec(text)?.[1];
    this.#baseNs = base === undefined ? this.#baseNs : BigInt(base);
    const metadata = text === '' ? null : parseJson(value);
    if (isRecord(metadata) && metadata['overflow'] === true) {
      this.#messages.add('warning', OVERFLOW);
    }
  }

  clockZeroNs(): bigint | null {
    return this.#baseNs;
  }

  meta(): ReturnType<EventFormat['meta']> {
    return { format: 'viztracer', ...UNKNOWN_ORIGIN, ...this.#messages.asMeta() };
  }
}

class VizTracerDialect implements Dialect {
  readonly classes = new Map([[FUNCTIONS, eventClass('python')]]);
  readonly pseudoProcesses = [];
  readonly #frameByName: (number | undefined)[] = [];

  /** Names as PyTorch's profiler writes them: `/home/me/train.py(12): main`. */
  describe(row: SpanRow, _fields: unknown, strings: StringTable): void {
    const { name } = row;
    row.name = this.#frameByName[name] ??= frameOf(name, strings);
  }
}

function frameOf(name: number, strings: StringTable): number {
  const match = FRAME.exec(strings.text(name));
  return match === null ? name : strings.internText(`${match[2]}(${match[3]}): ${match[1]}`);
}
