import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import {
  databaseOf,
  globalId,
  type TableOf,
  twoRanks,
  readExport,
} from '../../support/nsys-export.ts';
import { findSpan, viewSpans } from '../../support/read-bytes.ts';

const { signal } = new AbortController();

describe('nsys', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleuth-nsys-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(content: Uint8Array | string, name = 'report.sqlite'): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  function read(tables: Readonly<Record<string, TableOf>>): Promise<Trace> {
    return readExport(write(databaseOf(tables)));
  }

  it('is known by its tables', () => {
    const head = { bytes: databaseOf(twoRanks()).subarray(0, 65_536), isWhole: false };
    assert.equal(recognizeFormat(head)?.format.id, 'nsys');
    assert.equal(recognizeFormat(head)?.sureness, 0.9);
    const other = { bytes: databaseOf({ users: { columns: 'id INT', rows: [] } }), isWhole: true };
    assert.equal(recognizeFormat(other)?.sureness, 0.1);
  });

  it('reads each process with a device as a rank, in the order of the devices', async () => {
    const trace = await read(twoRanks());
    const ranks = splitRanks(trace);
    assert.deepEqual(
      ranks.map(({ meta, lanes, counts }) => [
        meta.rank,
        meta.worldSize,
        meta.originNs,
        lanes.map(({ kind, name, processId, device }) => [kind, name, processId, device]),
        counts.kept,
      ]),
      [
        [
          0,
          2,
          1_780_000_000_123_456_789n + 5_000_000_000n,
          [
            ['thread', 'python3', '702', null],
            ['device-annotations', 'stream 7 annotations', '702', null],
            ['stream', 'stream 7', '702', 0],
            ['stream', 'stream 20', '702', 0],
          ],
          22,
        ],
        [
          1,
          2,
          1_780_000_000_123_456_789n + 5_000_000_000n,
          [
            ['thread', 'python3', '701', null],
            ['logical', 'profiler', '701', null],
            ['device-annotations', 'stream 7 annotations', '701', null],
            ['stream', 'stream 7', '701', 1],
            ['stream', 'stream 20', '701', 1],
          ],
          23,
        ],
      ],
    );
    assert.deepEqual(trace.counts, { read: 45, kept: 45, repaired: 0, dropped: 0, clipped: 1 });
    assert.deepEqual(trace.problems, []);
    assert.deepEqual(trace.meta.devices[1], {
      index: 1,
      name: 'NVIDIA H100',
      memoryBytes: 80 * 2 ** 30,
      computeCapability: 9,
    });
  });

  it('reads names, times and categories', async () => {
    const [first] = splitRanks(await read(twoRanks()));
    const ofStep = viewSpans(first).filter(({ start }) => start < 1_000_000);
    assert.deepEqual(
      ofStep.map(({ name, lane, category, start, duration }) =>
        [lane, start / 1000, duration / 1000, category, name].join(' | '),
      ),
      [
        'python3 | 0 | 990 | step | step 7',
        'python3 | 10 | 390 | annotation | forward',
        'python3 | 20 | 40 | cpu-op | aten::mm',
        'python3 | 30 | 10 | runtime | cudaLaunchKernel',
        'python3 | 500 | 20 | annotation | ncclAllReduce',
        'python3 | 505 | 10 | runtime | cudaLaunchKernel',
        'python3 | 600 | 380 | runtime | cudaStreamSynchronize',
        'stream 7 annotations | 600 | 379 | device-sync | Stream Sync',
        'stream 7 | 5 | 4 | memcpy | Memcpy HtoD (Pageable -> Device)',
        'stream 7 | 50 | 300 | kernel | void gemm<float, 128>(float*)',
        'stream 20 | 570 | 330 | kernel | ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
      ],
    );
    const { spans } = first;
    const step = findSpan(first, 'step 7');
    assert.equal(spans.step?.[step], 8);
    const operator = findSpan(first, 'aten::mm');
    assert.equal(spans.autograd?.[operator], 1);
    const launch = findSpan(first, 'cudaLaunchKernel');
    const kernel = findSpan(first, 'void gemm<float, 128>(float*)');
    assert.equal(spans.correlation?.[launch], spans.correlation?.[kernel]);
    assert.equal(spans.byteOffset[kernel], -1);
    assert.ok(!first.strings.includes('nobody asks for this'));
  });

  it('keeps times of the wall clock exact to the nanosecond', async () => {
    const zero = 1_780_000_000_123_456_001n;
    const trace = await read(twoRanks(zero));
    assert.equal(trace.meta.originNs, zero);
    const relative = await read(twoRanks());
    assert.deepEqual(trace.spans.start, relative.spans.start);
    assert.deepEqual(trace.spans.duration, relative.spans.duration);
  });

  it('reads the first schemas, whose tables lack columns', async () => {
    const trace = await read({
      StringIds: {
        columns: 'id INTEGER PRIMARY KEY, value TEXT',
        rows: [
          [1, 'gemm'],
          [2, 'cuLaunchKernel'],
        ],
      },
      CUPTI_ACTIVITY_KIND_KERNEL: {
        columns:
          'start INT, "end" INT, deviceId INT, streamId INT, correlationId INT, shortName INT',
        rows: [[1000, 3000, 0, 7, 5, 1]],
      },
      CUPTI_ACTIVITY_KIND_MEMSET: {
        columns: 'start INT, "end" INT, deviceId INT, streamId INT',
        rows: [[3000, 3500, 0, 7]],
      },
      CUPTI_ACTIVITY_KIND_RUNTIME: {
        columns: 'start INT, "end" INT, globalTid INT, correlationId INT, nameId INT',
        rows: [[500, 900, globalId(0, 0), 5, 2]],
      },
      NVTX_EVENTS: {
        columns: 'start INT, "end" INT, eventType INT, text TEXT',
        rows: [[400, 4000, 59, 'iteration3']],
      },
      TARGET_INFO_GPU: {
        columns: 'id INT, name TEXT, cuDevice INT',
        rows: [[3, 'Tesla V100', 0]],
      },
    });
    assert.deepEqual(
      viewSpans(trace).map(({ name, category, start }) => [name, category, start]),
      [
        ['iteration3', 'step', 0],
        ['cuLaunchKernel', 'runtime', 100],
        ['gemm', 'kernel', 600],
        ['Memset (Unknown)', 'memset', 2600],
      ],
    );
    assert.equal(trace.spans.step?.[0], 4);
    assert.deepEqual(trace.meta.devices, [
      { index: 0, name: 'Tesla V100', memoryBytes: null, computeCapability: null },
    ]);
    assert.equal(trace.meta.originNs, null);
  });

  it('reads ranges across threads, ranges that never end, and marks', async () => {
    const thread = globalId(9, 9);
    const trace = await read({
      NVTX_EVENTS: {
        columns: 'start INT, "end" INT, eventType INT, text TEXT, globalTid INT',
        rows: [
          [0, 0, 75, 'a domain', thread],
          [100, 900, 60, 'prefetch', thread],
          [150, 500, 60, 'save', globalId(9, 10)],
          [200, null, 59, 'never ends', thread],
          [300, null, 34, 'epoch 1', thread],
          [700, 600, 59, 'backward in time', thread],
          [800, 900, 999, 'of a later schema', thread],
          [null, 900, 59, 'without a start', thread],
        ],
      },
    });
    assert.deepEqual(
      viewSpans(trace).map(({ name, lane, start, duration }) => [name, lane, start, duration]),
      [
        ['never ends', 'thread 9', 100, 700],
        ['backward in time', 'thread 9', 600, 0],
        ['prefetch', 'NVTX start/end ranges', 0, 800],
        ['save', 'NVTX start/end ranges', 50, 350],
      ],
    );
    assert.deepEqual([...trace.instants.time], [200]);
    assert.equal(trace.strings[trace.instants.name[0]], 'epoch 1');
    assert.deepEqual(trace.counts, { read: 8, kept: 6, repaired: 1, dropped: 2, clipped: 1 });
  });

  it('takes rank and script of a single process from the environment it was started in', async () => {
    const { CUPTI_ACTIVITY_KIND_KERNEL: kernels, StringIds } = twoRanks();
    const rows = kernels.rows.filter((row) => row[6] === globalId(701));
    const trace = await read({
      StringIds,
      CUPTI_ACTIVITY_KIND_KERNEL: { ...kernels, rows },
      META_DATA_CAPTURE: {
        columns: 'name TEXT, value TEXT',
        rows: [
          ['PROCESS_0:COMMAND', 'python'],
          ['PROCESS_0:ARGUMENT_0', '-u'],
          ['PROCESS_0:ARGUMENT_1', 'train.py'],
          ['PROCESS_0:ENVIRONMENT_VARIABLE', 'RANK="5"'],
          ['PROCESS_0:ENVIRONMENT_VARIABLE', 'WORLD_SIZE="8"'],
        ],
      },
    });
    const { rank, worldSize, script } = trace.meta;
    assert.deepEqual({ rank, worldSize, script }, { rank: 5, worldSize: 8, script: 'train.py' });
  });

  it('is analyzed by the steps that NVTX ranges mark', async () => {
    write(databaseOf(twoRanks()));
    const groups = groupRuns(await findRunFiles([folder], signal));
    const { report } = analyzeRun(await readRun(groups[0], { signal }));
    const { total, first, last } = report.run.steps;
    assert.deepEqual({ total, first, last }, { total: 2, first: 7, last: 8 });
    assert.deepEqual(
      report.ranks.map(({ rank, device }) => [rank, device?.name]),
      [
        [0, 'NVIDIA H100'],
        [1, 'NVIDIA H100'],
      ],
    );
    assert.deepEqual(
      report.ranks.map(({ deviceWindow }) => deviceWindow?.communicationNs),
      [2 * 330_000, 2 * 380_000],
    );
    assert.deepEqual(report.failures, []);
  });

  it('takes the exports of a job, one for each rank, for one run', async () => {
    const { CUPTI_ACTIVITY_KIND_KERNEL: kernels, StringIds } = twoRanks();
    const rows = kernels.rows.filter((row) => row[6] === globalId(701));
    const bytes = databaseOf({ StringIds, CUPTI_ACTIVITY_KIND_KERNEL: { ...kernels, rows } });
    mkdirSync(join(folder, 'job'));
    write(bytes, 'job/rank0.sqlite');
    write(bytes, 'job/rank1.sqlite');
    const groups = groupRuns(await findRunFiles([folder], signal));
    const run = await readRun(groups[0], { signal });
    assert.deepEqual([groups.length, run.ranks.map(({ rank }) => rank)], [1, [0, 1]]);
  });
});
