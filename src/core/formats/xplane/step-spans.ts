import { categoryIndex } from '../../model/span-category.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

const STEP = categoryIndex('step');
const ANNOTATION = categoryIndex('annotation');

/**
 * Spans that may be the steps of the run: those of the host that a number of a step is given to, else what
 * the profiler derived for a device. What is no step is an annotation.
 */
export class StepSpans {
  /** By lane and name. */
  readonly #ofHost = new Map<string, SpanRow[]>();
  /** By lane: one a device. */
  readonly #ofDevice = new Map<string, SpanRow[]>();

  addOfHost(row: SpanRow): void {
    append(this.#ofHost, `${row.lane} ${row.name}`, row);
  }

  addOfDevice(row: SpanRow): void {
    append(this.#ofDevice, String(row.lane), row);
  }

  finish({ spans }: TraceBuilder): void {
    const steps = chooseSteps(this.#ofHost) ?? chooseSteps(this.#ofDevice);
    for (const groups of [this.#ofHost, this.#ofDevice]) {
      for (const rows of groups.values()) {
        const isSteps = rows === steps;
        const known = new Set<number>();
        for (const row of rows) {
          const isStep = isSteps && !known.has(row.step);
          known.add(row.step);
          // A step of its own makes no other of what it holds.
          spans.push({
            ...row,
            category: isStep ? STEP : groups === this.#ofHost ? ANNOTATION : row.category,
            step: isStep ? row.step : 0,
          });
        }
      }
    }
  }
}

function append(groups: Map<string, SpanRow[]>, key: string, row: SpanRow): void {
  const rows = groups.get(key);
  if (rows === undefined) {
    groups.set(key, [{ ...row }]);
  } else {
    rows.push({ ...row });
  }
}

/** The group with the most numbers; of as many, the one that lasts longest. */
function chooseSteps(groups: ReadonlyMap<string, SpanRow[]>): readonly SpanRow[] | null {
  let best: readonly SpanRow[] | null = null;
  let most = { count: 0, time: 0 };
  for (const rows of groups.values()) {
    const count = new Set(rows.map(({ step }) => step)).size;
    const time = rows.reduce((sum, { duration }) => sum + duration, 0);
    if (count > most.count || (count === most.count && time > most.time)) {
      best = rows;
      most = { count, time };
    }
  }
  return best;
}
