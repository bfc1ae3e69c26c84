import { type Dialect, type EventClass, eventClass } from './events/dialect.ts';
import { FIELD } from './events/event-layout.ts';
import type { EventFormat } from './events/event-format.ts';
import { eventParts } from './events/event-parts.ts';
import { probeEvents } from './events/probe-events.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import type { FieldReader } from './json/field-reader.ts';
import { LOGICAL } from './trace/lane-table.ts';
import type { TraceBuilder } from './trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

/** Of what Ray itself does. */
const OWN =
  /^(task(:.*)?|ray\..*|ray::.*|submit_task|worker_idle|wait_for_function|(fetch_and_run|register_remote)_function)$/;

/** `worker:` and the number of the worker, which is longer than anyone reads. */
const WORKER = /^(worker|driver):([0-9a-f]{8})[0-9a-f]{8,}$/;

const RAY = eventClass('cpu-op', LOGICAL);
/** What the program marks with `ray.profiling.profile`. */
const MARK = eventClass('annotation', LOGICAL);

/**
 * `ray timeline`: what each worker process of a cluster does. Workers are processes and not the threads of a
 * training loop, so that none of them is taken for one.
 */
export const ray: Format = {
  id: 'ray',
  title: 'Ray timeline',

  recognize(head) {
    const { categories } = probeEvents(head);
    const isOwn = [...categories].some((category) => /^(task:|ray\.|ray::)/.test(category));
    return isOwn || categories.has('worker_idle') ? 0.7 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read(source, options) {
    return readEvents(source, options, createFormat());
  },

  parts: eventParts(createFormat),
};

function createFormat(): EventFormat {
  return {
    dialect: new RayDialect(),
    showsProcess: true,
    onMember() {
      // The timeline is an array.
    },
    clockZeroNs: () => null,
    meta: () => ({ format: 'ray', ...UNKNOWN_ORIGIN }),
  };
}

class RayDialect implements Dialect {
  readonly classes = new Map<string, EventClass>();
  readonly pseudoProcesses = [];
  readonly #classes = new Map<number, EventClass>();
  readonly #isNamed: (boolean | undefined)[] = [];

  classOf({ labels, lanes, names }: TraceBuilder, place: number, fields: FieldReader): EventClass {
    if (this.#isNamed[place] === undefined) {
      this.#isNamed[place] = true;
      const match = WORKER.exec(labels.text(lanes.threadOf[place]));
      if (match !== null && !names.threads.has(place)) {
        names.threads.set(place, `${match[1]} ${match[2]}`);
      }
    }
    const category = fields.string(FIELD.category, labels);
    let known = this.#classes.get(category);
    if (known === undefined) {
      known = OWN.test(labels.text(category)) ? RAY : MARK;
      this.#classes.set(category, known);
    }
    return known;
  }
}
