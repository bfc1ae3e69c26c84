import { type SpillCache, Spillable } from '../../base/spill-cache.ts';
import type { Trace } from '../model/trace.ts';

/** What grows with the events of a file. */
export const COLUMNS = [
  'strings',
  'spans',
  'collectives',
  'flows',
  'counters',
  'instants',
] as const;

/** The same trace, with its columns in the cache. */
export function spillTrace(trace: Trace, cache: SpillCache): Trace {
  const spillable = new Spillable(cache);
  const { meta, lanes, counts, problems, byteLength, readSteps = null } = trace;
  const light = { meta, lanes, counts, problems, byteLength, readSteps, spillable };
  for (const name of COLUMNS) {
    const column = trace[name];
    spillable.get(keyOf(name), () => column);
  }
  return withColumnsOf(light, spillable);
}

/** The same trace with other problems; its columns stay where they are. */
export function withProblems(trace: Trace, problems: Trace['problems']): Trace {
  const { spillable } = trace;
  return spillable === undefined
    ? { ...trace, problems }
    : withColumnsOf(
        {
          meta: trace.meta,
          lanes: trace.lanes,
          counts: trace.counts,
          byteLength: trace.byteLength,
          readSteps: trace.readSteps ?? null,
          problems,
          spillable,
        },
        spillable,
      );
}

function withColumnsOf(light: Omit<Trace, (typeof COLUMNS)[number]>, spillable: Spillable): Trace {
  const column = <Name extends (typeof COLUMNS)[number]>(name: Name): Trace[Name] =>
    spillable.get<Trace[Name]>(keyOf(name), isGone);
  return {
    ...light,
    get strings() {
      return column('strings');
    },
    get spans() {
      return column('spans');
    },
    get collectives() {
      return column('collectives');
    },
    get flows() {
      return column('flows');
    },
    get counters() {
      return column('counters');
    },
    get instants() {
      return column('instants');
    },
  };
}

function isGone(): never {
  throw new Error('The columns of a trace were neither in memory nor stored.');
}

/** Derived tables have names of their own, such as `collectives`. */
function keyOf(column: string): string {
  return `trace ${column}`;
}
