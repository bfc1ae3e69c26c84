import type { StringTable } from '../../../base/string-table.ts';
import { phaseIndex } from '../../model/phase.ts';
import { categoryIndex } from '../../model/span-category.ts';
import { type Dialect, type EventClass, eventClass } from '../events/dialect.ts';
import { FIELD } from '../events/event-layout.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { DEVICE_ANNOTATIONS, LOGICAL, STREAM } from '../trace/lane-table.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { EventDescriber } from '../xplane/describe-event.ts';
import { deviceOfPlane, hasStreams, type LineRole, roleOfLine } from '../xplane/line-role.ts';
import type { EventMetadata } from '../xplane/plane-metadata.ts';
import { ArgumentStats } from './argument-stats.ts';

const CLASSES: Readonly<Record<LineRole, EventClass>> = {
  work: eventClass('kernel', STREAM),
  derived: eventClass('device-annotation', DEVICE_ANNOTATIONS),
  steps: eventClass('device-annotation', DEVICE_ANNOTATIONS),
  counters: eventClass('other', LOGICAL),
  host: eventClass('annotation'),
  logical: eventClass('other', LOGICAL),
};

/** TensorFlow 1: each stream has a process, and one that is called `all` has what is on any of them. */
const OLD_STREAM = /(?:\/device:GPU:|\/gpu:)(\d{1,6})\/stream:(\w+)/i;

const MAX_UINT32 = 2 ** 32 - 1;
/** `train.py:12`. */
const SOURCE = /^(.+):(\d{1,9})$/s;

/** What a place is, once the names of its process and thread are known. */
interface Place {
  readonly role: LineRole;
  readonly device: number | null;
}

/** What the names of processes and threads, and the arguments, say of an event. */
export class TensorFlowDialect implements Dialect {
  readonly classes = new Map<string, EventClass>();
  readonly pseudoProcesses = [];
  readonly #places: (Place | undefined)[] = [];
  readonly #describers = new Map<LineRole, EventDescriber>();
  readonly #metadataByName: (EventMetadata | undefined)[] = [];
  readonly #stats = new ArgumentStats();
  #role: LineRole = 'host';

  classOf(builder: TraceBuilder, place: number): EventClass {
    const known = (this.#places[place] ??= placeOf(builder, place));
    this.#role = known.role;
    if (known.role === 'work') {
      const { lanes } = builder;
      lanes.drafts[lanes.lane(place, STREAM)].device ??= known.device;
    }
    return CLASSES[known.role];
  }

  describe(row: SpanRow, fields: FieldReader, strings: StringTable): void {
    const stats = this.#stats;
    stats.fill(fields.json(FIELD.arguments));
    const metadata = (this.#metadataByName[row.name] ??= {
      name: strings.text(row.name),
      displayName: '',
      stats: [],
    });
    const { name, category, phase } = this.#describer().describe(metadata, stats);
    row.name = name === metadata.name ? row.name : strings.internText(name);
    row.recordedPhase = phaseIndex(phase);
    row.correlation = inUint32(stats.number('correlation'));
    const step = this.#role === 'steps' ? stepOf(metadata.name, stats) : stats.number('step');
    row.step = inUint32(step + 1);
    row.category = categoryIndex(this.#role === 'host' && row.step > 0 ? 'step' : category);
    const source = SOURCE.exec(stats.text('source'));
    row.file = source === null ? 0 : strings.internText(source[1]);
    row.line = source === null ? 0 : Number(source[2]);
  }

  #describer(): EventDescriber {
    const known = this.#describers.get(this.#role) ?? new EventDescriber(this.#role);
    this.#describers.set(this.#role, known);
    return known;
  }
}

function placeOf({ names, lanes }: TraceBuilder, place: number): Place {
  const process = lanes.processOf[place];
  const plane = names.processes.get(process) ?? '';
  const old = OLD_STREAM.exec(plane);
  if (old !== null) {
    return { role: old[2] === 'all' ? 'work' : 'derived', device: Number(old[1]) };
  }
  if (plane.startsWith('/job:') || plane === 'Tensors') {
    return { role: 'logical', device: null };
  }
  const lines = [...names.threads].filter(([other]) => lanes.processOf[other] === process);
  const isWithStreams = hasStreams(lines.map(([, name]) => name));
  const role = roleOfLine(plane || '/host:CPU', names.threads.get(place) ?? '', isWithStreams);
  return { role, device: deviceOfPlane(plane) };
}

function stepOf(name: string, stats: ArgumentStats): number {
  const digits = /(\d{1,9})$/.exec(name)?.[1];
  const step = stats.number('step');
  return Number.isNaN(step)
    ? digits === undefined
      ? stats.number('group')
      : Number(digits)
    : step;
}

/** 0 for what is none. */
function inUint32(value: number): number {
  return value > 0 && value <= MAX_UINT32 ? Math.floor(value) : 0;
}
