import { mapInto } from '../../../base/map-into.ts';
import type { OperationKind } from '../../model/operation.ts';
import { isCommunication, isOperationKind } from '../../model/operation.ts';
import type { Collectives, Trace, WorkerPlace } from '../../model/trace.ts';

/** A lane of a file that holds several ranks. */
export interface WorkerLane {
  readonly worker: WorkerPlace;
  /** The rank's own name of it, such as `compute`. */
  readonly name: string;
}

/** Says of each lane whose it is, and of each collective which ranks take part; null is a lane of no rank. */
export function placeWorkers(trace: Trace, lanes: readonly (WorkerLane | null)[]): Trace {
  const groups = new Map<string, number>();
  return {
    ...trace,
    lanes: trace.lanes.map((lane, i) => {
      const known = lanes[i];
      return known === null ? lane : { ...lane, name: known.name, worker: known.worker, device: 0 };
    }),
    collectives: listCollectives(trace, lanes, groups),
    strings: [...trace.strings, ...groups.keys()],
  };
}

function listCollectives(
  { spans, strings }: Trace,
  lanes: readonly (WorkerLane | null)[],
  groups: Map<string, number>,
): Collectives {
  const rows: { span: number; operation: number; group: number }[] = [];
  for (let span = 0; span < spans.length; span++) {
    const worker = lanes[spans.lane[span]]?.worker;
    const name = strings[spans.name[span]];
    if (worker === undefined || !isOperationKind(name) || !isCommunication(name)) {
      continue;
    }
    const key = groupOf(name, worker);
    const group = groups.get(key) ?? strings.length + groups.size;
    groups.set(key, group);
    rows.push({ span, operation: spans.name[span], group });
  }
  return {
    length: rows.length,
    span: mapInto(new Uint32Array(rows.length), rows, (row) => row.span),
    operation: mapInto(new Uint32Array(rows.length), rows, (row) => row.operation),
    group: mapInto(new Uint32Array(rows.length), rows, (row) => row.group),
    sequence: new Float64Array(rows.length).fill(-1),
    elements: new Float64Array(rows.length).fill(-1),
  };
}

/** Ranks with the same name take part in the same operation. */
function groupOf(kind: OperationKind, { rank, dataRank, stage, tensorRank }: WorkerPlace): string {
  switch (kind) {
    case 'params-all-gather':
    case 'grads-reduce-scatter':
    case 'separate-grads-all-reduce':
      return `${kind} of stage ${stage}, tensor rank ${tensorRank}`;
    case 'layernorm-grads-all-reduce':
      return `${kind} of stage ${stage}, data rank ${dataRank}`;
    case 'embedding-grads-all-reduce':
      return `${kind} of data rank ${dataRank}, tensor rank ${tensorRank}`;
    case 'optimizer-clip-main-grad':
      return `${kind} of all`;
    default:
      return `${kind} of rank ${rank}`;
  }
}
