import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import type { RankTrace } from '../../../src/core/model/run.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { listRunFolder } from '../../../src/files/list-run-folder.ts';
import { type DrawnDump, dumpOf } from '../../support/flight-dump.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { writePickle } from '../../support/write-pickle.ts';

const DUMP: DrawnDump = {
  groups: { 0: [0, 1, 2], 7: [1] },
  operations: [
    { group: '0', number: 5, name: 'all_reduce', state: 'completed' },
    { group: '0', number: 6, name: 'all_reduce', state: 'started', sizes: [[3], [2, 2]] },
    { group: '7', number: 1, name: 'send 0->0' },
  ],
  status: { 0: [6, 5] },
};

describe('flight recorder', () => {
  it('gives an operation a span from when it was asked for to when it ended, on the lane of its group', async () => {
    const trace = await readBytes(writePickle(dumpOf(DUMP)));
    assert.equal(trace.meta.format, 'flight-recorder');
    assert.deepEqual(
      viewSpans(trace).map(({ name, lane, start, duration }) => [name, lane, start, duration]),
      [
        ['all_reduce', 'GROUP_0 (group 0)', 0, 500_000],
        ['on the device', 'GROUP_0 (group 0)', 200_000, 300_000],
        // What did not end lasts to the last moment that the file knows.
        ['all_reduce', 'GROUP_0 (group 0)', 1_000_001, 1_000_001],
        ['on the device', 'GROUP_0 (group 0)', 1_200_001, 800_001],
        ['send 0->0', 'GROUP_7 (group 7)', 2_000_002, 0],
      ],
    );
    assert.equal(trace.meta.originNs, 1_758_610_505_000_000_000n);
    assert.deepEqual([trace.counts.read, trace.counts.kept], [3, 3]);
    assert.deepEqual([...trace.collectives.sequence], [5, 6, 1]);
    assert.deepEqual([...trace.collectives.elements], [32, 7, 32]);
  });

  it('knows the rank that is in all groups of the file, and the size of the largest', async () => {
    const bytes = writePickle(dumpOf(DUMP));
    const { meta } = await readBytes(bytes);
    assert.deepEqual([meta.rank, meta.worldSize], [1, 3]);
    const head = { bytes, isWhole: true };
    assert.deepEqual(recognizeFormat(head)?.format.identify(head), {
      rank: 1,
      worldSize: 3,
      runName: null,
    });
  });

  it('keeps what it read as plain data', async () => {
    const { meta } = await readBytes(writePickle(dumpOf(DUMP)));
    assert.deepEqual(meta.flightRecord, {
      groups: [
        { name: '0', description: 'GROUP_0', ranks: [0, 1, 2], lastEnqueued: 6, lastCompleted: 5 },
        { name: '7', description: 'GROUP_7', ranks: [1], lastEnqueued: null, lastCompleted: null },
      ],
      operations: [
        operation({ group: 0, name: 'all_reduce', sequence: 5, state: 'completed' }),
        operation({
          group: 0,
          name: 'all_reduce',
          sequence: 6,
          state: 'started',
          inputSizes: '[3], [2, 2]',
        }),
        operation({ group: 1, name: 'send 0->0', sequence: 1, isPointToPoint: true }),
      ],
    });
  });

  it('has the line of the code where the dump has Python frames', async () => {
    const { report } = analyzeRun({
      name: 'x',
      ranks: [
        await rankOf(0, {
          ...DUMP,
          groups: { 0: [0, 1] },
          operations: DUMP.operations.slice(0, 2),
          frames: true,
        }),
        await rankOf(1, {
          groups: { 0: [0, 1] },
          operations: [{ group: '0', number: 5, name: 'all_reduce', state: 'completed' }],
        }),
      ],
    });
    assert.deepEqual(
      report.findings.map(({ location, ranks }) => [location?.file, location?.line, ranks]),
      [['/work/train.py', 31, [1]]],
    );
    // It is no recording of steps and kernels that lacks some.
    assert.deepEqual(report.health.absent, []);
  });

  it('reads the same as JSON, which has lost some nanoseconds', async () => {
    const json = JSON.stringify(dumpOf(DUMP), (_, value: unknown) =>
      typeof value === 'bigint' ? `#${value}#` : value,
    )
      .replaceAll(/"#(\d+)#"/g, '$1')
      .replaceAll(/\{"items":(\[[^\]]*\])\}/g, '$1');
    const trace = await readText(json);
    assert.equal(trace.meta.format, 'flight-recorder');
    assert.deepEqual(
      trace.meta.flightRecord,
      (await readBytes(writePickle(dumpOf(DUMP)))).meta.flightRecord,
    );
    assert.match((await readText(json.slice(0, -9))).problems[0].reason, /JSON is cut or damaged/);
  });

  it('reads the entries of a dump that is cut anywhere, and says so', async () => {
    const bytes = writePickle(dumpOf(DUMP));
    let kept = 0;
    for (let length = 200; length < bytes.length; length += 17) {
      const trace = await readBytes(bytes.subarray(0, length));
      assert.ok(trace.counts.kept >= kept);
      assert.ok(trace.problems.length > 0);
      kept = trace.counts.kept;
    }
    assert.equal(kept, 3);
  });

  it('drops entries that are none, and survives a dump of anything', async () => {
    const strange = [
      {
        entries: [null, 7, 'x', {}, { profiling_name: 'nccl:all_reduce' }],
        pg_config: [],
        pg_status: 'no',
      },
      { entries: {}, pg_config: { 0: { ranks: { a: 1 } } }, nccl_version: null },
      {
        entries: [
          {
            profiling_name: 7,
            time_created_ns: 1,
            collective_seq_id: 1,
            frames: 'no',
            process_group: 3,
          },
        ],
        pg_config: { 0: null },
      },
      {
        pg_config: { x: { name: [], desc: {}, ranks: '[1, 2, 99999999999]' } },
        entries: 'none',
        version: [],
      },
      {
        entries: [
          {
            ...dumpOf(DUMP),
            profiling_name: 'a',
            time_created_ns: -(2n ** 70n),
            collective_seq_id: 2,
          },
        ],
        pg_config: {},
      },
    ];
    for (const dump of strange) {
      const trace = await readBytes(writePickle(dump));
      assert.equal(trace.meta.format, 'flight-recorder');
      assert.equal(trace.counts.read, trace.counts.kept + trace.counts.dropped);
      analyzeRun({ name: 'x', ranks: [{ rank: 0, file: 'x', trace }] });
    }
    const first = await readBytes(writePickle(strange[0]));
    assert.equal(first.counts.dropped, 5);
  });

  it('is told from other pickles', async () => {
    const snapshot = writePickle({ segments: [], device_traces: [], allocator_settings: {} });
    const { meta, problems } = await readBytes(snapshot);
    assert.equal(meta.format, 'unknown');
    assert.match(problems[0].reason, /memory_viz/);
  });

  it('is told from a trace of the profiler that lists process groups', async () => {
    const trace = await readText(
      '{"schemaVersion": 1, "distributedInfo": {"rank": 3, "pg_config": [{"pg_name": "0", "ranks": [0, 1]}], "nccl_version": "2.28.9"}, "traceEvents": [{"ph": "X", "cat": "cpu_op", "name": "entries", "ts": 1, "dur": 1, "pid": 1, "tid": 1}]}',
    );
    assert.deepEqual([trace.meta.format, trace.meta.rank], ['kineto', 3]);
  });
});

describe('a real dump of the flight recorder', () => {
  const FOLDER = 'flight-recorder/gpu_error_1st';
  const PATHS = Array.from({ length: 16 }, (_, rank) => `${FOLDER}/_dump_${rank}`);

  itWithShared(
    'the folder is one run of 16 ranks, from any file of it',
    [...PATHS, FOLDER],
    async (files) => {
      const folder = files[16];
      const found = await findRunFiles([folder], new AbortController().signal);
      const [run, ...others] = groupRuns(found);
      assert.deepEqual(others, []);
      assert.deepEqual(
        run.files.map(({ rank }) => rank),
        [...PATHS.keys()],
      );
      assert.ok(run.files.every(({ worldSize }) => worldSize === 16));
      assert.equal(
        (await listRunFolder(files[3])).filter((path) => /_dump_\d+$/.test(path)).length,
        16,
      );
    },
  );

  itWithShared(
    'names the ranks in which the fault was injected, and no other',
    [...PATHS, `${FOLDER}/fault_injection.log`],
    async (files) => {
      const injected = JSON.parse(
        /\[[\d, ]+\]/.exec(readFileSync(files[16], 'utf8'))?.[0] ?? '[]',
      ) as number[];
      const { report } = analyzeRun({ name: 'real', ranks: await readRanks(files.slice(0, 16)) });
      assert.deepEqual(
        report.findings.map(({ id, ranks, severity }) => ({ id, ranks, severity })),
        [{ id: 'collective-hang', ranks: injected, severity: 'error' }],
      );
      assert.equal(report.verdict.kind, 'hung');
      assert.equal(report.run.worldSize, 16);
      assert.deepEqual(report.health.missingRanks, []);
      // As Python's own pickle module counts them.
      assert.deepEqual(report.health.events, {
        read: 289,
        kept: 289,
        repaired: 0,
        dropped: 0,
        clipped: 0,
      });
    },
  );

  itWithShared(
    'without the dumps of these ranks, says that they left none',
    PATHS,
    async (files) => {
      const ranks = (await readRanks(files)).filter(({ rank }) => rank !== 12 && rank !== 14);
      const { report } = analyzeRun({ name: 'real', ranks });
      assert.deepEqual(report.health.missingRanks, [12, 14]);
      assert.deepEqual(
        report.findings.map((finding) => [finding.title, finding.severity]),
        [['Ranks 12 and 14 left no dump, and others wait', 'warning']],
      );
    },
  );

  itWithShared('of one dump alone, blames nobody', [PATHS[7]], async (files) => {
    const { report } = analyzeRun({ name: 'real', ranks: await readRanks(files) });
    assert.deepEqual(report.findings, []);
    assert.match(
      report.verdict.text,
      /^Rank 7 waits .* Analyze the dumps of all ranks together\.$/,
    );
  });
});

async function readRanks(files: readonly string[]): Promise<RankTrace[]> {
  const ranks: RankTrace[] = [];
  for (const file of files) {
    const trace = await readBytes(Uint8Array.from(readFileSync(file)));
    ranks.push({ rank: trace.meta.rank ?? -1, file, trace });
  }
  return ranks;
}

async function rankOf(rank: number, dump: DrawnDump): Promise<RankTrace> {
  return { rank, file: `_dump_${rank}`, trace: await readBytes(writePickle(dumpOf(dump))) };
}

function operation(
  own: Partial<NonNullable<RankTrace['trace']['meta']['flightRecord']>['operations'][number]>,
): object {
  return {
    isPointToPoint: false,
    state: 'scheduled',
    inputSizes: '[4, 8]',
    inputTypes: 'Float',
    timeoutMs: 600_000,
    ...own,
  };
}
