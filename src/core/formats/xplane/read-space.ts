import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { FieldStream, type FieldVisitor, type WholeField } from '../protobuf/field-stream.ts';
import { ProfilerMessages } from '../trace/profiler-messages.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { chooseSteps } from './choose-steps.ts';
import { PlaneReader } from './plane-reader.ts';
import { SPACE } from './schema.ts';
import { SpaceBuilder } from './space-builder.ts';

/** Protocol buffers are no larger than 2 GiB; a plane of more events than this holds cannot be looked at. */
const MAX_PLANE_BYTES = 1 << 30;

const NO_BYTES = new Uint8Array(0);

/** Reads a file plane by plane: the names in a plane stand behind all that they name. */
export async function readSpace(source: ByteSource, options: ReadOptions): Promise<Trace> {
  const builder = new SpaceBuilder(options.selection);
  const space = new SpaceVisitor(builder);
  const { log } = builder.trace;
  const stream = new FieldStream(space, MAX_PLANE_BYTES);
  const byteLength = await feed(source, stream, log, options);
  if (log.counts.read === 0 && log.problems.length === 0) {
    log.describe('unreadable', 0, NO_EVENTS, NO_BYTES);
  }
  const trace = builder.trace.finish({
    clockZeroNs: builder.hasAbsoluteTimes ? 0n : space.profileStartNs,
    meta: {
      format: 'xplane',
      ...UNKNOWN_ORIGIN,
      devices: builder.devices,
      hasStacks: builder.hasStacks,
      ...space.messages.asMeta(),
    },
    showsProcess: builder.hasDevices,
    byteLength,
  });
  return chooseSteps(trace);
}

const NO_EVENTS =
  'This XPlane has no events. Record again with jax.profiler.trace or tf.profiler.experimental.start around some steps.';

class SpaceVisitor implements FieldVisitor {
  readonly messages = new ProfilerMessages();
  readonly #reader: PlaneReader;

  constructor(private readonly builder: SpaceBuilder) {
    this.#reader = new PlaneReader(builder);
  }

  get profileStartNs(): bigint | null {
    return this.#reader.stats.profileStartNs;
  }

  wants(field: number): boolean {
    return field === SPACE.planes || field === SPACE.errors || field === SPACE.warnings;
  }

  onField(field: WholeField): void {
    if (field.field === SPACE.planes) {
      this.#reader.read(field);
    } else {
      const text = new TextDecoder().decode(field.bytes.subarray(field.start, field.end));
      this.messages.add(field.field === SPACE.errors ? 'error' : 'warning', text);
    }
  }

  onCut(field: WholeField): void {
    const { namelessCount } = this.#reader;
    if (field.field === SPACE.planes) {
      this.#reader.read(field);
    }
    const nameless = this.#reader.namelessCount - namelessCount;
    this.builder.trace.log.describe(
      'cut',
      field.fileOffset,
      nameless === 0
        ? 'the file ends here, within a plane or before one'
        : `the file ends here, before the names of ${nameless} events: they are numbered instead`,
      NO_BYTES,
    );
  }

  onTooLarge(_field: number, fileOffset: number): void {
    this.builder.trace.log.drop(
      fileOffset,
      'this plane is larger than 1 GiB and was passed over: record fewer steps',
      NO_BYTES,
    );
  }

  onMalformed(fileOffset: number, bytes: Uint8Array): void {
    this.builder.trace.log.drop(fileOffset, 'what follows is no plane and was not read', bytes);
  }
}
