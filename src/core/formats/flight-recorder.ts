import { FLIGHT_RECORDER_FORMAT } from '../model/run.ts';
import type { Trace } from '../model/trace.ts';
import { buildTrace } from './flight-recorder/build-trace.ts';
import { listOf, memberOf } from './flight-recorder/loose-record.ts';
import { type DumpEntry, readEntry } from './flight-recorder/read-entry.ts';
import { GroupTable } from './flight-recorder/read-groups.ts';
import type { Format } from './format.ts';
import { parseJson } from './json/loose-values.ts';
import { isPickle, readPickle } from './pickle/read-pickle.ts';
import type { PickleProblem } from './pickle/pickle-value.ts';
import { readWhole } from './read-whole.ts';
import { TraceBuilder } from './trace/trace-builder.ts';

/** A ring of 20,000 entries with their stacks takes some 30 MB. */
const MAX_BYTES = 256 << 20;

const NO_BYTES = new Uint8Array(0);

/**
 * What NCCL's flight recorder of PyTorch writes for each rank when a job hangs, as a pickle or as JSON.
 * https://docs.pytorch.org/tutorials/unstable/flight_recorder_tutorial.html
 */
export const flightRecorder: Format = {
  id: FLIGHT_RECORDER_FORMAT,
  title: 'NCCL flight recorder',

  recognize({ bytes }) {
    const text = new TextDecoder('latin1').decode(bytes);
    const hasEntries = text.includes('profiling_name') && text.includes('time_created_ns');
    if (isPickle(bytes)) {
      const hasGroups = text.includes('pg_config') && /pg_status|entries|nccl_version/.test(text);
      return hasGroups || hasEntries ? 0.95 : 0;
    }
    // A trace of the profiler has the groups too, and events.
    const isJson = /^\s*\{/.test(text) && !text.includes('"traceEvents"');
    return isJson && (hasEntries || text.includes('"pg_status"')) ? 0.95 : 0;
  },

  identify(head) {
    const groups = new GroupTable(parse(head.bytes).value);
    return { rank: groups.ownRank(), worldSize: groups.worldSize(), runName: null };
  },

  async read(source, options) {
    const bytes = await readWhole(source, options, MAX_BYTES);
    return bytes === null
      ? unreadable(
          `This dump is larger than ${MAX_BYTES >> 20} MiB, which no flight recorder writes.`,
        )
      : toTrace(bytes, source.truncation());
  },
};

function toTrace(bytes: Uint8Array, truncation: string | null): Trace {
  const { value, problem } = parse(bytes);
  const builder = new TraceBuilder();
  if (problem !== null) {
    const kind = problem.kind === 'cut' ? 'cut' : 'dropped';
    const reason = truncation ?? problem.reason;
    builder.log.describe(kind, problem.byteOffset, reason, bytes.subarray(problem.byteOffset));
  }
  const groups = new GroupTable(value);
  const entries: DumpEntry[] = [];
  for (const entry of listOf(memberOf(value, 'entries') ?? value)) {
    const read = readEntry(entry, groups);
    if (typeof read === 'string') {
      builder.log.drop(0, read, NO_BYTES);
    } else {
      entries.push(read);
    }
  }
  return buildTrace(builder, entries, groups, bytes.length);
}

interface Parsed {
  readonly value: unknown;
  readonly problem: PickleProblem | null;
}

function parse(bytes: Uint8Array): Parsed {
  if (isPickle(bytes)) {
    return readPickle(bytes);
  }
  const value = parseJson(bytes);
  const reason = 'the JSON is cut or damaged';
  return {
    value,
    problem: value === undefined ? { kind: 'refused', byteOffset: 0, reason } : null,
  };
}

function unreadable(reason: string): Trace {
  const builder = new TraceBuilder();
  builder.log.describe('unreadable', 0, reason, NO_BYTES);
  return buildTrace(builder, [], new GroupTable(null), 0);
}
