import { mapInto } from '../../../base/map-into.ts';
import type { Trace } from '../../model/trace.ts';
import type { LaneIndex, Nanoseconds, SpanIndex } from '../../model/units.ts';
import type { DeviceWork } from '../device-work.ts';
import { countUpTo } from '../intervals.ts';

/** The work of one stream, first in, first out. */
interface Stream {
  readonly works: readonly SpanIndex[];
  readonly ends: Float64Array<ArrayBuffer>;
}

/** The streams of a rank's device. */
export class DeviceStreams {
  readonly #streams = new Map<LaneIndex, Stream>();
  /** By span: the work before it on its stream; -1 is none. */
  readonly before: Int32Array<ArrayBuffer>;

  constructor(
    private readonly trace: Trace,
    { order }: DeviceWork,
  ) {
    const { spans } = trace;
    const works = new Map<LaneIndex, SpanIndex[]>();
    this.before = new Int32Array(spans.length).fill(-1);
    for (const work of order) {
      const own = works.get(spans.lane[work]) ?? [];
      works.set(spans.lane[work], own);
      this.before[work] = own[own.length - 1] ?? -1;
      own.push(work);
    }
    for (const [lane, own] of works) {
      let latest = -Infinity;
      const ends = mapInto(
        new Float64Array(own.length),
        own,
        (work) => (latest = Math.max(latest, this.endOf(work))),
      );
      this.#streams.set(lane, { works: own, ends });
    }
  }

  endOf(work: SpanIndex): Nanoseconds {
    return this.trace.spans.start[work] + this.trace.spans.duration[work];
  }

  /** By stream: the last work that has ended at a time. */
  endedAt(time: Nanoseconds): SpanIndex[] {
    return [...this.#streams.values()].flatMap(({ works, ends }) => {
      const count = countUpTo(ends, time);
      return count === 0 ? [] : [works[count - 1]];
    });
  }

  /** The last work of any stream but one that ends in (from, until]; -1 is none. */
  lastEndedIn(except: LaneIndex, from: Nanoseconds, until: Nanoseconds): SpanIndex {
    let best = -1;
    let latest = from;
    for (const [own, { works, ends }] of this.#streams) {
      const count = own === except ? 0 : countUpTo(ends, until);
      if (count > 0 && ends[count - 1] > latest) {
        latest = ends[count - 1];
        best = works[count - 1];
      }
    }
    return best;
  }
}
