import { databaseOf, type TableOf } from './nsys-export.ts';

export const UUID = '_0199c5f1_7a2b_7d11_9e3f_0123456789ab';

const COMMON = 'id INTEGER PRIMARY KEY, guid TEXT';
const TIMES = 'nid INTEGER, pid INTEGER, tid INTEGER';

const STRINGS = [
  'HIP_RUNTIME_API',
  'MARKER_CORE_RANGE_API',
  'hipLaunchKernel',
  'step 7',
  'MEMORY_COPY_HOST_TO_DEVICE',
  'RCCL_API',
  'ncclAllReduce',
];

const text = (of: string): number => STRINGS.indexOf(of) + 1;

/**
 * The tables of two processes as schema 3 of rocpd has them: each launches a kernel and an all-reduce on its own GPU
 * and copies a batch. The first process has GPU 1, the second GPU 0. `zero` is when they start, in nanoseconds.
 */
export function rocpdTables(zero = 63_857_982_000_000n, suffix = UUID): Record<string, TableOf> {
  const table = (name: string): string => `rocpd_${name}${suffix}`;
  const at = (us: number): bigint => zero + BigInt(us * 1000);
  const processes = [1, 2];
  const event = (process: number, i: number): number => 10 * process + i;
  return {
    [table('metadata')]: {
      columns: 'id INTEGER PRIMARY KEY, tag TEXT, value TEXT',
      rows: [[1, 'schema_version', '3']],
    },
    [table('string')]: {
      columns: `${COMMON}, string TEXT`,
      rows: STRINGS.map((string, i) => [i + 1, 'g', string]),
    },
    [table('info_process')]: {
      columns: `${COMMON}, nid INTEGER, ppid INTEGER, pid INTEGER, command TEXT`,
      rows: processes.map((id) => [id, 'g', 1, 1, 900 + id, 'python3 -u /work/train.py --x']),
    },
    [table('info_thread')]: {
      columns: `${COMMON}, nid INTEGER, ppid INTEGER, pid INTEGER, tid INTEGER, name TEXT`,
      rows: processes.map((id) => [id, 'g', 1, 1, id, 950 + id, null]),
    },
    [table('info_agent')]: {
      columns: `${COMMON}, nid INTEGER, pid INTEGER, type TEXT, absolute_index INTEGER, logical_index INTEGER, type_index INTEGER, uuid INTEGER, name TEXT, product_name TEXT`,
      rows: [
        [1, 'g', 1, 1, 'CPU', 0, 0, 0, 0, 'cpu', 'EPYC'],
        [2, 'g', 1, 1, 'GPU', 1, 1, 0, 0, 'gfx942', 'AMD Instinct MI300X'],
        [3, 'g', 1, 1, 'GPU', 2, 2, 1, 0, 'gfx942', 'AMD Instinct MI300X'],
      ],
    },
    [table('info_kernel_symbol')]: {
      columns: `${COMMON}, kernel_name TEXT, display_name TEXT`,
      rows: [
        [1, 'g', '_Z4gemm', 'gemm(float*)'],
        [2, 'g', 'ncclDevKernel_Generic_1', ''],
      ],
    },
    [table('event')]: {
      columns: `${COMMON}, category_id INTEGER, stack_id INTEGER, parent_stack_id INTEGER, correlation_id INTEGER`,
      rows: processes.flatMap((process) => [
        [event(process, 1), 'g', text('HIP_RUNTIME_API'), 100 * process + 1, 0, 0],
        [event(process, 2), 'g', null, 100 * process + 1, 0, 0],
        [event(process, 3), 'g', text('MARKER_CORE_RANGE_API'), 100 * process + 3, 0, 0],
        [event(process, 4), 'g', text('RCCL_API'), 100 * process + 4, 0, 0],
      ]),
    },
    [table('kernel_dispatch')]: {
      columns: `${COMMON}, ${TIMES}, agent_id INTEGER, kernel_id INTEGER, dispatch_id INTEGER, queue_id INTEGER, stream_id INTEGER, start BIGINT, "end" BIGINT, event_id INTEGER`,
      rows: processes.flatMap((process) => [
        [
          process * 2,
          'g',
          1,
          process,
          process,
          4 - process,
          1,
          1,
          5,
          9,
          at(100),
          at(350),
          event(process, 2),
        ],
        [
          process * 2 + 1,
          'g',
          1,
          process,
          process,
          4 - process,
          2,
          2,
          6,
          9,
          at(400 + 20 * process),
          at(700),
          null,
        ],
      ]),
    },
    [table('memory_copy')]: {
      columns: `${COMMON}, ${TIMES}, start BIGINT, "end" BIGINT, name_id INTEGER, dst_agent_id INTEGER, src_agent_id INTEGER, size INTEGER, event_id INTEGER`,
      rows: processes.map((process) => [
        process,
        'g',
        1,
        process,
        process,
        at(50),
        at(60),
        text('MEMORY_COPY_HOST_TO_DEVICE'),
        4 - process,
        1,
        4096,
        null,
      ]),
    },
    [table('region')]: {
      columns: `${COMMON}, ${TIMES}, start BIGINT, "end" BIGINT, name_id INTEGER, event_id INTEGER`,
      rows: processes.flatMap((process) => [
        [
          process * 3,
          'g',
          1,
          process,
          process,
          at(80),
          at(90),
          text('hipLaunchKernel'),
          event(process, 1),
        ],
        [
          process * 3 + 1,
          'g',
          1,
          process,
          process,
          at(0),
          at(990),
          text('step 7'),
          event(process, 3),
        ],
        [
          process * 3 + 2,
          'g',
          1,
          process,
          process,
          at(95),
          at(99),
          text('ncclAllReduce'),
          event(process, 4),
        ],
      ]),
    },
  };
}

/** The bytes of such a database, with the views that rocprofv3 adds. */
export function rocpdBytes(zero?: bigint): Uint8Array {
  return databaseOf(rocpdTables(zero), {
    after: `CREATE VIEW rocpd_kernel_dispatch AS SELECT * FROM "rocpd_kernel_dispatch${UUID}"`,
  });
}
