import type { RankTrace, Run } from '../../src/core/model/run.ts';
import { readBytes } from './read-bytes.ts';
import { Tuple, writePickle } from './write-pickle.ts';

/** An operation of a rank, as a test draws it. */
export interface DrawnOperation {
  /** Name of the process group. */
  readonly group: string;
  /** Its number in the group. */
  readonly number: number;
  /** Such as `all_reduce`, or `send 0->1`. */
  readonly name: string;
  readonly state?: 'scheduled' | 'started' | 'completed';
  readonly sizes?: readonly (readonly number[])[];
  readonly types?: readonly string[];
}

export interface DrawnDump {
  /** Ranks of each group, by its name. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  readonly operations: readonly DrawnOperation[];
  /** By name of the group: numbers of the last collectives that were asked for and that ended. */
  readonly status?: Readonly<Record<string, readonly [enqueued: number, completed: number]>>;
  readonly frames?: boolean;
}

const ZERO_NS = 1_758_610_505_000_000_000n;

/** What the flight recorder of PyTorch 2.9 would give to `pickle.dumps`. */
export function dumpOf({
  groups,
  operations,
  status = {},
  frames = false,
}: DrawnDump): Record<string, unknown> {
  const names = Object.keys(groups);
  const config = names.map((name) => [
    name,
    { name, desc: `GROUP_${name}`, ranks: `[${groups[name].join(', ')}]` },
  ]);
  return {
    version: '2.9',
    pg_config: Object.fromEntries(config) as unknown,
    nccl_version: '2.27.3',
    pg_status: Object.fromEntries(
      Object.entries(status).map(([name, [enqueued, completed]]) => [
        String(names.indexOf(name)),
        {
          last_enqueued_collective: enqueued,
          last_started_collective: -1,
          last_completed_collective: completed,
        },
      ]),
    ),
    entries: operations.map((operation, i) => entryOf(operation, i, { names, frames })),
  };
}

function entryOf(
  { group, number, name, state = 'scheduled', sizes = [[4, 8]], types = ['Float'] }: DrawnOperation,
  i: number,
  { names, frames }: { readonly names: readonly string[]; readonly frames: boolean },
): Record<string, unknown> {
  const isMessage = /^(send|recv) /.test(name);
  const createdNs = ZERO_NS + BigInt(i) * 1_000_001n;
  return {
    record_id: i,
    pg_id: names.indexOf(group),
    process_group: new Tuple([group, `GROUP_${group}`]),
    collective_seq_id: isMessage ? 0 : number,
    p2p_seq_id: isMessage ? number : 0,
    op_id: number,
    profiling_name: `nccl:${name}`,
    time_created_ns: createdNs,
    input_sizes: sizes,
    input_dtypes: types,
    state,
    time_discovered_started_ns: state === 'scheduled' ? null : createdNs + 200_000n,
    time_discovered_completed_ns: state === 'completed' ? createdNs + 500_000n : null,
    retired: state === 'completed',
    timeout_ms: 600_000,
    is_p2p: isMessage,
    ...(frames && {
      frames: [
        { name: 'step', filename: '/work/train.py', line: 31 },
        { name: '<module>', filename: '/work/train.py', line: 60 },
      ],
    }),
  };
}

/** A job whose ranks left these dumps; null left none. */
export async function readDumps(dumps: readonly (DrawnDump | null)[]): Promise<Run> {
  const ranks: RankTrace[] = [];
  for (const [rank, dump] of dumps.entries()) {
    if (dump !== null) {
      ranks.push({
        rank,
        file: `_dump_${rank}`,
        trace: await readBytes(writePickle(dumpOf(dump))),
      });
    }
  }
  return { name: 'hung', ranks };
}
