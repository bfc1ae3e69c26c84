import { mapInto } from '../../../base/map-into.ts';
import { sortRuns } from '../../../base/sort-runs.ts';
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
  readonly calls: Uint32Array<ArrayBuffer>;
  /** What a call launched, by start; none for one that only waits. */
  launchedBy(call: SpanIndex): readonly SpanIndex[];
  waitsOf(call: SpanIndex): Waits;
}

export function listHostCalls(
  trace: Trace,
  { order }: DeviceWork,
  partner: Int32Array,
  mainLane: LaneIndex,
): HostCalls {
  const { spans, strings } = trace;
  const found: SpanIndex[] = [];
  const firstOf = new Int32Array(spans.length).fill(-1);
  const lastOf = firstOf.slice();
  const nextOf = firstOf.slice();
  for (const work of order) {
    const launch = partner[work];
    if (launch < 0) {
      continue;
    }
    if (firstOf[launch] < 0) {
      found.push(launch);
      firstOf[launch] = work;
    } else {
      nextOf[lastOf[launch]] = work;
    }
    lastOf[launch] = work;
  }
  const kinds = strings.map(kindOfCall);
  const isPageable = mapInto(new Uint8Array(strings.length), strings, (name) =>
    PAGEABLE.test(name) ? 1 : 0,
  );
  const isProgram = programLanes(trace, found, mainLane);
  for (let i = 0; i < spans.length; i++) {
    const isWait =
      spans.category[i] === RUNTIME &&
      isProgram[spans.lane[i]] === 1 &&
      kinds[spans.name[i]] !== 'nothing' &&
      kinds[spans.name[i]] !== 'copy';
    if (isWait && firstOf[i] < 0) {
      found.push(i);
    }
  }
  const calls = Uint32Array.from(found);
  sortRuns(calls, (a, b) => spans.start[a] > spans.start[b]);
  const launchedBy = (call: SpanIndex): readonly SpanIndex[] => {
    const works: SpanIndex[] = [];
    for (let work = firstOf[call]; work >= 0; work = nextOf[work]) {
      works.push(work);
    }
    return works;
  };
  return {
    calls,
    launchedBy,
    waitsOf: (call) => {
      const kind = kinds[spans.name[call]];
      const work = firstOf[call];
      return kind === 'nothing' && work >= 0 && isPageable[spans.name[work]] === 1 ? 'copy' : kind;
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
  launches: readonly SpanIndex[],
  mainLane: LaneIndex,
): Uint8Array {
  const counts = new Float64Array(lanes.length);
  for (const launch of launches) {
    counts[spans.lane[launch]]++;
  }
  return mapInto(new Uint8Array(counts.length), counts, (count, lane) =>
    lane === mainLane || (count > 0 && count >= MIN_LAUNCH_SHARE * launches.length) ? 1 : 0,
  );
}
