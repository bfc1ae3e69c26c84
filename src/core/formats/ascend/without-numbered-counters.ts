import { mapInto } from '../../../base/map-into.ts';
import type { Counters, Trace } from '../../model/trace.ts';

/** The argument that says which of some thirty accelerators a value is of, and the series that it would be. */
const NUMBER = ' acc_id';

/** Leaves out counters of single accelerators: they have one name for all, and would be one line in zigzag. */
export function withoutNumberedCounters(trace: Trace): Trace {
  const { counters, strings } = trace;
  const numbered = new Set(
    strings.filter((name) => name.endsWith(NUMBER)).map((name) => name.slice(0, -NUMBER.length)),
  );
  const isLeftOut = strings.map((name) => name.endsWith(NUMBER) || numbered.has(name));
  const kept = [...counters.series.keys()].filter((row) => !isLeftOut[counters.series[row]]);
  return kept.length === counters.length ? trace : { ...trace, counters: take(counters, kept) };
}

function take({ time, series, value }: Counters, rows: readonly number[]): Counters {
  return {
    length: rows.length,
    time: mapInto(new Float64Array(rows.length), rows, (row) => time[row]),
    series: mapInto(new Uint32Array(rows.length), rows, (row) => series[row]),
    value: mapInto(new Float64Array(rows.length), rows, (row) => value[row]),
  };
}
