import type { StringTable } from '../../base/string-table.ts';
import { isOperationKind, OPERATION_KINDS, OPERATION_PHASES } from '../model/operation.ts';
import { phaseIndex } from '../model/phase.ts';
import type { Lane } from '../model/trace.ts';
import { eventClass, type Dialect } from './events/dialect.ts';
import { FIELD } from './events/event-layout.ts';
import { probeEvents } from './events/probe-events.ts';
import type { EventFormat } from './events/event-format.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import type { FieldReader } from './json/field-reader.ts';
import { placeWorkers, type WorkerLane } from './operations/place-workers.ts';
import { STREAM } from './trace/lane-table.ts';
import type { SpanRow } from './trace/span-columns.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

/**
 * Operations of all ranks of a Megatron-LM job as Chrome trace events: the process is the data rank,
 * the name of the thread tells stage, tensor rank and stream, the arguments tell step and model chunk.
 * https://github.com/ByteDance-Seed/StragglerAnalysis/blob/main/analyzer/to_timeline.py
 */
export const megatron: Format = {
  id: 'megatron',
  title: 'Megatron-LM operation timeline',

  recognize(head) {
    const { categories } = probeEvents(head);
    const isTimeline = categories.has('forward-compute') || categories.has('backward-compute');
    return isTimeline && new TextDecoder('latin1').decode(head.bytes).includes('"step"') ? 0.9 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const trace = await readEvents(source, options, new MegatronFormat());
    return placeWorkers(trace, findWorkers(trace.lanes));
  },
};

const OPERATION_CLASS = eventClass('recorded', STREAM);

class MegatronDialect implements Dialect {
  readonly classes = new Map(OPERATION_KINDS.map((kind) => [kind, OPERATION_CLASS] as const));
  readonly pseudoProcesses = [];
  readonly #phaseByName: (number | undefined)[] = [];

  describe(row: SpanRow, fields: FieldReader, strings: StringTable): void {
    row.step = plusOne(fields.number(FIELD.step));
    row.modelChunk = plusOne(fields.number(FIELD.modelChunk));
    row.recordedPhase = this.#phaseByName[row.name] ??= phaseOf(strings.text(row.name));
  }
}

class MegatronFormat implements EventFormat {
  readonly dialect = new MegatronDialect();
  readonly showsProcess = true;

  onMember(): void {
    // The timeline is an array.
  }

  clockZeroNs(): null {
    return null;
  }

  meta(): ReturnType<EventFormat['meta']> {
    return {
      format: 'megatron',
      ...UNKNOWN_ORIGIN,
    };
  }
}

function plusOne(value: number): number {
  return Number.isInteger(value) && value >= 0 && value < 0xffffffff ? value + 1 : 0;
}

function phaseOf(name: string): number {
  return isOperationKind(name) ? phaseIndex(OPERATION_PHASES[name]) : 0;
}

const LANE_NAME = /DP rank \[?(\d{1,7})\]?.*PP rank (\d{1,7}), TP rank (\d{1,7}), (.+)$/;

/** Ranks are counted as Megatron-LM does: by tensor rank, then data rank, then stage. */
function findWorkers(lanes: readonly Lane[]): (WorkerLane | null)[] {
  const found = lanes.map(({ name }) => {
    const match = LANE_NAME.exec(name);
    if (match === null) {
      return null;
    }
    const [dataRank, stage, tensorRank] = match.slice(1, 4).map(Number);
    return { dataRank, stage, tensorRank, stream: match[4] };
  });
  const keyOf = ({ stage, dataRank, tensorRank }: Omit<WorkerLane['worker'], 'rank'>): string =>
    [stage, dataRank, tensorRank].map((part) => String(part).padStart(7, '0')).join(' ');
  const keys = [...new Set(found.flatMap((lane) => (lane === null ? [] : [keyOf(lane)])))].sort();
  const rankByKey = new Map(keys.map((key, rank) => [key, rank]));
  return found.map((lane) => {
    if (lane === null) {
      return null;
    }
    const { stream, ...place } = lane;
    return { name: stream, worker: { ...place, rank: rankByKey.get(keyOf(lane)) ?? 0 } };
  });
}
