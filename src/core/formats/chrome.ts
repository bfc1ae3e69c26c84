import type { Dialect } from './events/dialect.ts';
import { eventParts } from './events/event-parts.ts';
import { probeEvents } from './events/probe-events.ts';
import type { EventFormat } from './events/event-format.ts';
import { readEvents } from './events/read-events.ts';
import { GUESS, type Format } from './format.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

const DIALECT: Dialect = { classes: new Map(), pseudoProcesses: [] };

/** Chrome trace events of any tool: Ray, Horovod, VizTracer, TensorFlow, the SageMaker debugger. */
export const chrome: Format = {
  id: 'chrome',
  title: 'Chrome trace events',

  recognize(head) {
    const { shape, members, eventCount } = probeEvents(head);
    if (eventCount > 0) {
      return 0.5;
    }
    const hasEvents = includesText(head.bytes, '"traceEvents"');
    if (shape === 'object' && hasEvents && !members.has('nodes')) {
      return 0.4;
    }
    return shape === 'object' && !head.isWhole ? GUESS : emptyArray(head.bytes);
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read(source, options) {
    return readEvents(source, options, GENERIC);
  },

  parts: eventParts(() => GENERIC),
};

const GENERIC: EventFormat = {
  dialect: DIALECT,
  showsProcess: true,
  onMember() {
    // No member says what all tools mean by it.
  },
  clockZeroNs: () => null,
  meta: () => ({
    format: 'chrome',
    ...UNKNOWN_ORIGIN,
  }),
};

/** A list without events yet, as a tool leaves it that was stopped at once. */
function emptyArray(bytes: Uint8Array): number {
  const text = bytes.length < 100 ? new TextDecoder().decode(bytes) : '';
  return /^\s*\[[\s,]*(\{\s*\})?[\s,]*\]?\s*$/.test(text) ? 0.2 : 0;
}

function includesText(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder('latin1').decode(bytes).includes(text);
}
