import start from '@sqlite.org/sqlite-wasm';
import { readTrace } from '../../src/core/formats/read-trace.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { openDatabase } from '../../src/files/open-database.ts';
import { openFile } from '../../src/files/open-file.ts';

type Value = string | number | bigint | null;

/** One table of a database: its columns as in CREATE TABLE, and its rows. */
export interface TableOf {
  readonly columns: string;
  readonly rows: readonly (readonly Value[])[];
}

const sqlite3 = await start();

/** The bytes of a database with these tables; `before` and `after` them, SQL of any kind. */
export function databaseOf(
  tables: Readonly<Record<string, TableOf>>,
  { before = ';', after = ';' }: { readonly before?: string; readonly after?: string } = {},
): Uint8Array {
  const database = new sqlite3.oo1.DB(':memory:');
  try {
    database.exec(before);
    for (const [name, { columns, rows }] of Object.entries(tables)) {
      database.exec(`CREATE TABLE "${name}" (${columns})`);
      for (const row of rows) {
        database.exec({
          sql: `INSERT INTO "${name}" VALUES (${row.map(() => '?').join(', ')})`,
          bind: [...row],
        });
      }
    }
    database.exec(after);
    return sqlite3.capi.sqlite3_js_db_export(database).slice();
  } finally {
    database.close();
  }
}

export async function readExport(path: string): Promise<Trace> {
  const { signal } = new AbortController();
  return readTrace(await openFile(path), { signal, openDatabase: () => openDatabase(path) });
}

/** As exports write the ids of a process: machine 1, then the process, then the thread in 24 bits each. */
export function globalId(process: number, thread = 0): number {
  return 2 ** 48 + process * 2 ** 24 + thread;
}

/** The process of a rank of {@link twoRanks}, whose main thread has the same number. */
export const PROCESSES = [701, 702] as const;

const KERNEL = 'void gemm<float, 128>(float*)';
const REDUCE = 'ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)';
const PLACE = 'start INT, "end" INT, deviceId INT, contextId INT, streamId INT, correlationId INT';

export const STRINGS = [
  KERNEL,
  'gemm',
  REDUCE,
  'cudaLaunchKernel_v7000',
  'cudaStreamSynchronize_v3020',
  'ncclAllReduce',
  'python3',
  'Buffer flush',
  'nobody asks for this',
] as const;

const id = (text: (typeof STRINGS)[number]): number => 100 + STRINGS.indexOf(text);

/**
 * Two ranks of one job as schema 3.25 has them: two steps of 1 ms each, in which the host launches a
 * multiplication and a reduction, copies a batch, and waits. Rank 0 has device 1, rank 1 device 0: processes
 * are not in the order of their devices. `zero` is when the first step starts on the export's clock.
 */
export function twoRanks(zero: bigint = 5_000_000_000n): Record<string, TableOf> {
  const kernels: Value[][] = [];
  const copies: Value[][] = [];
  const calls: Value[][] = [];
  const ranges: Value[][] = [];
  const syncs: Value[][] = [];
  PROCESSES.forEach((process, i) => {
    const device = 1 - i;
    const thread = globalId(process, process);
    const own = globalId(process);
    for (const step of [0, 1]) {
      const at = (us: number): bigint => zero + BigInt(step * 1_000_000 + us * 1000);
      const correlation = 10 * step;
      ranges.push(
        [at(0), at(990), 59, `step ${step + 7}`, thread, null, 0],
        [at(10), at(400), 59, 'forward', thread, null, 0],
        [at(20), at(60), 59, `aten::mm, seq = ${step}, op_id = ${40 + step}`, thread, null, 0],
        [at(500), at(520), 59, null, thread, id('ncclAllReduce'), 1],
      );
      calls.push(
        [at(30), at(40), 0, thread, correlation + 1, id('cudaLaunchKernel_v7000')],
        [at(505), at(515), 0, thread, correlation + 2, id('cudaLaunchKernel_v7000')],
        [at(600), at(980), 0, thread, correlation + 3, id('cudaStreamSynchronize_v3020')],
      );
      kernels.push(
        [at(50), at(350), device, 1, 7, correlation + 1, own, id(KERNEL), id('gemm')],
        [at(520 + 50 * i), at(900), device, 1, 20, correlation + 2, own, id(REDUCE), id('gemm')],
      );
      copies.push([at(5), at(9), device, 1, 7, correlation + 4, own, 4096, 1, 0, 2]);
      syncs.push([at(600), at(979), 0, 1, 7, correlation + 3, own, 3]);
    }
  });
  return {
    StringIds: {
      columns: 'id INTEGER PRIMARY KEY, value TEXT NOT NULL',
      rows: STRINGS.map((text) => [id(text), text]),
    },
    CUPTI_ACTIVITY_KIND_KERNEL: {
      columns: `${PLACE}, globalPid INT, demangledName INT, shortName INT`,
      rows: kernels,
    },
    CUPTI_ACTIVITY_KIND_MEMCPY: {
      columns: `${PLACE}, globalPid INT, bytes INT, copyKind INT, srcKind INT, dstKind INT`,
      rows: copies,
    },
    CUPTI_ACTIVITY_KIND_RUNTIME: {
      columns: 'start INT, "end" INT, eventClass INT, globalTid INT, correlationId INT, nameId INT',
      rows: calls,
    },
    CUPTI_ACTIVITY_KIND_SYNCHRONIZATION: {
      columns: `${PLACE}, globalPid INT, syncType INT`,
      rows: syncs,
    },
    NVTX_EVENTS: {
      columns:
        'start INT, "end" INT, eventType INT, text TEXT, globalTid INT, textId INT, domainId INT',
      rows: ranges,
    },
    PROFILER_OVERHEAD: {
      columns: 'start INT, "end" INT, globalTid INT, nameId INT, overheadType INT',
      rows: [[zero - 500n, zero + 500n, globalId(701, 9), id('Buffer flush'), 3]],
    },
    PROCESSES: {
      columns: 'globalPid INT, pid INT, name TEXT',
      rows: PROCESSES.map((process) => [globalId(process), process, 'python3']),
    },
    ThreadNames: {
      columns: 'nameId INT, priority INT, globalTid INT',
      rows: PROCESSES.map((process) => [id('python3'), 20, globalId(process, process)]),
    },
    TARGET_INFO_SESSION_START_TIME: {
      columns: 'utcEpochNs INT, utcTime TEXT',
      rows: [[1_780_000_000_123_456_789n, '2026-05-28']],
    },
    TARGET_INFO_GPU: {
      columns: 'id INT, name TEXT, totalMemory INT, computeMajor INT, computeMinor INT',
      rows: [
        [0, 'NVIDIA H100', 85_899_345_920n, 9, 0],
        [1, 'NVIDIA H100', 85_899_345_920n, 9, 0],
      ],
    },
  };
}
