import { float64Column, uint32Column } from '../../base/columns.ts';
import { firstWhere } from '../../base/first-where.ts';
import { type CounterPoints, counterOfLane } from '../model/counter.ts';
import { shiftClock, toRankTime, toRunTime } from '../model/rank-clock.ts';
import type { WindowRequest } from '../model/timeline.ts';
import { type DrawnRun, findRank } from './analyzed-rank.ts';
import { bucketOf } from './bucket-groups.ts';
import { type CounterSeries, counterSeries } from './counter-series.ts';

/**
 * The values of the counters asked for: at most one point a pixel and row, with the smallest and the largest
 * of its samples, and the one before the window, which stands at its beginning. Rows name counters by
 * `counterLane`.
 */
export function readCounters(run: DrawnRun, request: WindowRequest): CounterPoints {
  const writer = new PointWriter();
  const pixelNs = Math.max(0, request.endNs - request.startNs) / Math.max(1, request.widthPx);
  request.rows.forEach(({ rank: number, lane, shiftNs = 0 }, row) => {
    const rank = findRank(run, number);
    const counter = counterOfLane(lane);
    const series =
      rank === undefined || counter === null ? undefined : counterSeries(rank).at(counter);
    if (rank === undefined || series === undefined) {
      return;
    }
    const clock = shiftClock(rank.tables.clock, shiftNs);
    const window = {
      from: toRankTime(clock, request.startNs),
      to: toRankTime(clock, request.endNs),
      bucket: bucketOf(pixelNs),
    };
    forEachBucket(series, window, (first, last) => {
      const { min, max } = series.extremesOf(first, last);
      const time = toRunTime(clock, series.time[first]);
      writer.add({ row, time, min, max, last: series.value[last], count: last - first + 1 });
    });
  });
  return writer.finish();
}

interface CounterWindow {
  readonly from: number;
  readonly to: number;
  /** Samples that begin in the same are one point; buckets count from time 0. */
  readonly bucket: number;
}

function forEachBucket(
  { time }: CounterSeries,
  { from, to, bucket }: CounterWindow,
  visit: (first: number, last: number) => void,
): void {
  const begin = bucket > 0 ? Math.floor(from / bucket) * bucket : from;
  let first = Math.max(0, firstWhere(0, time.length, (i) => time[i] >= begin) - 1);
  while (first < time.length && time[first] <= to) {
    const limit = bucket > 0 ? (Math.floor(time[first] / bucket) + 1) * bucket : time[first];
    const next = Math.max(
      first + 1,
      firstWhere(first, time.length, (i) => time[i] >= limit),
    );
    visit(first, next - 1);
    first = next;
  }
}

class PointWriter {
  readonly #time = float64Column();
  readonly #min = float64Column();
  readonly #max = float64Column();
  readonly #last = float64Column();
  readonly #count = uint32Column();
  readonly #row = uint32Column();

  add(point: {
    readonly row: number;
    readonly time: number;
    readonly min: number;
    readonly max: number;
    readonly last: number;
    readonly count: number;
  }): void {
    this.#time.push(point.time);
    this.#min.push(point.min);
    this.#max.push(point.max);
    this.#last.push(point.last);
    this.#count.push(point.count);
    this.#row.push(point.row);
  }

  finish(): CounterPoints {
    return {
      length: this.#row.length,
      time: this.#time.take(),
      min: this.#min.take(),
      max: this.#max.take(),
      last: this.#last.take(),
      count: this.#count.take(),
      row: Uint16Array.from(this.#row.take()),
    };
  }
}
