import { bin, scaleLinear, scaleLog } from 'd3';
import type { StepTime } from '../../src/core/model/report.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';

export interface DistributionBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** The middle of the bin by the median. */
  readonly ratio: number;
  readonly count: number;
  readonly fromNs: Nanoseconds;
  readonly toNs: Nanoseconds;
}

export interface DistributionMark {
  readonly x: number;
  readonly name: string;
  readonly valueNs: number;
}

export interface Distribution {
  readonly bars: readonly DistributionBar[];
  readonly marks: readonly DistributionMark[];
  readonly isLog: boolean;
}

const BIN_PX = 11;
/** Where the slowest takes more than this many medians, a linear axis would show nothing else. */
const LOG_RATIO = 12;

export function layOutDistribution(
  valuesNs: readonly number[],
  stepTime: StepTime,
  width: number,
  height: number,
): Distribution {
  const low = valuesNs.reduce((least, value) => Math.min(least, value), Infinity);
  const high = valuesNs.reduce((most, value) => Math.max(most, value), 0);
  const isLog = low > 0 && high > LOG_RATIO * stepTime.p50Ns;
  const margin = Math.max(1, (high - low) * 0.04);
  const domain = isLog ? [low / 1.05, high * 1.05] : [Math.max(0, low - margin), high + margin];
  const x = isLog ? scaleLog(domain, [0, width]) : scaleLinear(domain, [0, width]);
  const count = Math.max(4, Math.floor(width / BIN_PX));
  const edges = Array.from({ length: count - 1 }, (_, i) => x.invert(((i + 1) * width) / count));
  const bins = bin()
    .domain(domain as [number, number])
    .thresholds(edges)(valuesNs);
  const most = bins.reduce((max, { length }) => Math.max(max, length), 1);
  const bars = bins
    .filter(({ length }) => length > 0)
    .map((values) => {
      const [from, to] = [values.x0 ?? 0, values.x1 ?? 0];
      return {
        x: x(from),
        width: Math.max(1, x(to) - x(from) - 1),
        height: Math.max(2, (values.length / most) * height),
        ratio: (from + to) / 2 / stepTime.p50Ns,
        count: values.length,
        fromNs: from,
        toNs: to,
      };
    });
  const marks = percentileMarks(stepTime).map((mark) => ({ ...mark, x: x(mark.valueNs) }));
  return { bars, marks, isLog };
}

export function percentileMarks({ p50Ns, p95Ns, p99Ns }: StepTime) {
  return [
    { name: 'p50', valueNs: p50Ns },
    { name: 'p95', valueNs: p95Ns },
    { name: 'p99', valueNs: p99Ns },
  ];
}
