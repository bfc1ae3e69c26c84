import { categoryIndex } from '../model/span-category.ts';
import type { Spans, Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';

const RUNTIME = categoryIndex('runtime');
const CPU_OP = categoryIndex('cpu-op');
const DEVICE_WORK = new Set([
  categoryIndex('kernel'),
  categoryIndex('memcpy'),
  categoryIndex('memset'),
]);

/**
 * By span: the launch of work on a device, or the first work of a launch; -1 is none.
 * By correlation; work without a launch in the trace falls back on the operator of its external id.
 */
export function computePartner({ spans }: Trace): Int32Array<ArrayBuffer> {
  const partner = new Int32Array(spans.length).fill(-1);
  if (spans.correlation === null && spans.externalId === null) {
    return partner;
  }
  const correlations = spans.correlation ?? new Uint32Array(spans.length);
  const externalIds = spans.externalId ?? new Uint32Array(spans.length);
  const launches = launchesOf(spans, correlations);
  const operators = operatorsOf(spans, externalIds);
  for (let i = 0; i < spans.length; i++) {
    if (!DEVICE_WORK.has(spans.category[i])) {
      continue;
    }
    const launch = launches.get(correlations[i]);
    const host = launch >= 0 ? launch : operators.get(externalIds[i]);
    if (host >= 0) {
      partner[i] = host;
      if (partner[host] === -1) {
        partner[host] = i;
      }
    }
  }
  return partner;
}

/** By correlation: the last launch. */
function launchesOf({ length, category }: Spans, correlations: Uint32Array): SpanByNumber {
  const launches = new SpanByNumber(correlations);
  for (let i = 0; i < length; i++) {
    if (category[i] === RUNTIME && correlations[i] !== 0) {
      launches.set(correlations[i], i);
    }
  }
  return launches;
}

/** By external id: the first operator. */
function operatorsOf({ length, category }: Spans, externalIds: Uint32Array): SpanByNumber {
  const operators = new SpanByNumber(externalIds);
  for (let i = 0; i < length; i++) {
    if (category[i] === CPU_OP && externalIds[i] !== 0 && operators.get(externalIds[i]) < 0) {
      operators.set(externalIds[i], i);
    }
  }
  return operators;
}

/** Numbers are looked up in a column where it takes no more rows than this many times the spans. */
const MAX_ROWS_PER_SPAN = 4;

/** A span for each of the whole numbers of a column. */
export class SpanByNumber {
  readonly #dense: Int32Array<ArrayBuffer> | null;
  readonly #sparse = new Map<number, SpanIndex>();
  readonly #first: number;

  constructor(numbers: ArrayLike<number>) {
    let least = Infinity;
    let most = 0;
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] !== 0) {
        least = Math.min(least, numbers[i]);
        most = Math.max(most, numbers[i]);
      }
    }
    const count = most - least + 1;
    this.#first = least;
    this.#dense =
      count > 0 && count <= MAX_ROWS_PER_SPAN * numbers.length
        ? new Int32Array(count).fill(-1)
        : null;
  }

  /** -1 is none. */
  get(number: number): SpanIndex {
    if (this.#dense === null) {
      return this.#sparse.get(number) ?? -1;
    }
    const row = number - this.#first;
    return row >= 0 && row < this.#dense.length ? this.#dense[row] : -1;
  }

  set(number: number, span: SpanIndex): void {
    if (this.#dense === null) {
      this.#sparse.set(number, span);
    } else {
      this.#dense[number - this.#first] = span;
    }
  }
}
