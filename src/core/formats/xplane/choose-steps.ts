import { categoryIndex } from '../../model/span-category.ts';
import type { Lane, Trace } from '../../model/trace.ts';
import type { SpanIndex } from '../../model/units.ts';

const STEP = categoryIndex('step');
const ANNOTATION = categoryIndex('annotation');

/**
 * The steps of a run among the spans with a number of a step: those of one name on one thread of the host, else
 * what the profiler derived for one device. All else loses its number: it makes no step of what it holds.
 */
export function chooseSteps(trace: Trace): Trace {
  const { spans, lanes } = trace;
  if (spans.step === null) {
    return trace;
  }
  const groups = groupNumbered(trace);
  const isHost = (rows: readonly SpanIndex[]): boolean => isOfHost(lanes[spans.lane[rows[0]]]);
  const chosen =
    longest(trace, groups.filter(isHost)) ??
    longest(
      trace,
      groups.filter((rows) => !isHost(rows)),
    );
  const step = new Uint32Array(spans.length);
  const category = spans.category.slice();
  for (let row = 0; row < category.length; row++) {
    category[row] = category[row] === STEP ? ANNOTATION : category[row];
  }
  const known = new Set<number>();
  for (const row of chosen ?? []) {
    if (!known.has(spans.step[row])) {
      known.add(spans.step[row]);
      step[row] = spans.step[row];
      category[row] = STEP;
    }
  }
  return { ...trace, spans: { ...spans, step, category } };
}

function isOfHost({ kind }: Lane): boolean {
  return kind === 'thread' || kind === 'logical';
}

/** On the host by lane and name, on a device by lane. */
function groupNumbered({ spans, lanes }: Trace): SpanIndex[][] {
  const groups = new Map<string, SpanIndex[]>();
  for (let row = 0; row < spans.length; row++) {
    if (spans.step?.[row] === 0) {
      continue;
    }
    const lane = spans.lane[row];
    const key = isOfHost(lanes[lane]) ? `${lane} ${spans.name[row]}` : String(lane);
    const rows = groups.get(key) ?? [];
    groups.set(key, rows);
    rows.push(row);
  }
  return [...groups.values()];
}

/** The group with the most numbers; of as many, the one that takes longest. */
function longest({ spans }: Trace, groups: readonly SpanIndex[][]): readonly SpanIndex[] | null {
  let best: readonly SpanIndex[] | null = null;
  let most = { count: 0, time: 0 };
  for (const rows of groups) {
    const count = new Set(rows.map((row) => spans.step?.[row])).size;
    const time = rows.reduce((sum, row) => sum + spans.duration[row], 0);
    if (count > most.count || (count === most.count && time > most.time)) {
      best = rows;
      most = { count, time };
    }
  }
  return best;
}
