import { categoryIndex } from '../../model/span-category.ts';
import type { Trace } from '../../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../../model/units.ts';
import type { DeviceWork } from '../device-work.ts';

const RUNTIME = categoryIndex('runtime');

/** A thread belongs to the training loop's program if it does this share of the launches. */
const MIN_LAUNCH_SHARE = 0.01;

const DEVICE_WAIT = /^(cuda|hip|cu)((Device|Ctx)Synchronize|Free|HostFree|FreeHost)/;
const STREAM_WAIT = /^(cuda|hip|cu)(Stream|Event)Synchronize/;
/** A copy that returns when it is done. */
const BLOCKING_COPY = /^(cuda|hip|cu)Memcpy(?!.*Async)/;
const PAGEABLE = /Pageable/;

/** What a call of the host may wait for: all of the device, one stream, its own copy, or nothing. */
export type Waits = 'device' | 'stream' | 'copy' | 'nothing';

/** The calls of the training loop's threads that launch work or wait for it, in the order of their start. */
export interface HostCalls {
  readonly calls: readonly SpanIndex[];
  /** What a call launched, by start; none for one that only waits. */
  launchedBy(call: SpanIndex): readonly SpanIndex[];
  waitsOf(call: SpanIndex): Waits;
}

const NONE: readonly SpanIndex[] = [];

export function listHostCalls(
  trace: Trace,
  { order }: DeviceWork,
  partner: Int32Array,
  mainLane: LaneIndex,
): HostCalls {
  const { spans, strings } = trace;
  const launched = new Map<SpanIndex, SpanIndex[]>();
  for (const work of order) {
    const launch = partner[work];
    if (launch >= 0) {
      const own = launched.get(launch);
      if (own === undefined) {
        launched.set(launch, [work]);
      } else {
        own.push(work);
      }
    }
  }
  const kinds = strings.map(kindOfCall);
  const isProgram = programLanes(trace, launched.keys(), mainLane);
  const calls = [...launched.keys()];
  for (let i = 0; i < spans.length; i++) {
    const isWait =
      spans.category[i] === RUNTIME &&
      isProgram[spans.lane[i]] === 1 &&
      kinds[spans.name[i]] !== 'nothing' &&
      kinds[spans.name[i]] !== 'copy';
    if (isWait && !launched.has(i)) {
      calls.push(i);
    }
  }
  calls.sort((a, b) => spans.start[a] - spans.start[b]);
  const launchedBy = (call: SpanIndex): readonly SpanIndex[] => launched.get(call) ?? NONE;
  return {
    calls,
    launchedBy,
    waitsOf: (call) => {
      const kind = kinds[spans.name[call]];
      const work = launchedBy(call).at(0);
      return kind === 'nothing' && work !== undefined && PAGEABLE.test(strings[spans.name[work]])
        ? 'copy'
        : kind;
    },
  };
}

function kindOfCall(name: string): Waits {
  return DEVICE_WAIT.test(name)
    ? 'device'
    : STREAM_WAIT.test(name)
      ? 'stream'
      : BLOCKING_COPY.test(name)
        ? 'copy'
        : 'nothing';
}

function programLanes(
  { spans, lanes }: Trace,
  launches: Iterable<SpanIndex>,
  mainLane: LaneIndex,
): Uint8Array {
  const counts = new Float64Array(lanes.length);
  let total = 0;
  for (const launch of launches) {
    counts[spans.lane[launch]]++;
    total++;
  }
  return Uint8Array.from(counts, (count, lane) =>
    lane === mainLane || (count > 0 && count >= MIN_LAUNCH_SHARE * total) ? 1 : 0,
  );
}
