import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computePartner } from '../../../src/core/derived/partner.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { databaseOf, readExport } from '../../support/nsys-export.ts';
import { readBytes, viewSpans } from '../../support/read-bytes.ts';
import { rocpdBytes, rocpdTables, UUID } from '../../support/rocpd-database.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('rocpd', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleuth-rocpd-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(bytes: Uint8Array, name = '908_results.db'): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  const read = (bytes: Uint8Array): Promise<Trace> => readExport(write(bytes));

  it('gives each process that used a GPU as a rank, in the order of the devices', async () => {
    const ranks = splitRanks(await read(rocpdBytes()));
    assert.deepEqual(
      ranks.map(({ meta, lanes }) => [meta.format, meta.rank, lanes[0].processId]),
      [
        ['rocpd', 0, '902'],
        ['rocpd', 1, '901'],
      ],
    );
    assert.deepEqual(
      viewSpans(ranks[1])
        .map(({ name, lane, category, start, duration }) =>
          [name, lane, category, start, duration].join(' | '),
        )
        .sort(),
      [
        'Memcpy HtoD | copies of GPU 1 | memcpy | 50000 | 10000',
        'gemm(float*) | queue 5 of GPU 1 | kernel | 100000 | 250000',
        'hipLaunchKernel | thread 951 | runtime | 80000 | 10000',
        'ncclAllReduce | thread 951 | annotation | 95000 | 4000',
        'ncclDevKernel_Generic_1 | queue 6 of GPU 1 | kernel | 420000 | 280000',
        'step 7 | thread 951 | annotation | 0 | 990000',
      ],
    );
    assert.equal(ranks[0].meta.script, '/work/train.py');
    assert.deepEqual(
      ranks[0].meta.devices.map(({ index }) => index),
      [0, 1],
    );
  });

  it('joins a kernel to the call that launched it', async () => {
    const trace = await read(rocpdBytes());
    const partner = computePartner(trace);
    const rows = [...trace.spans.name.keys()];
    const kernels = rows.filter((row) => trace.strings[trace.spans.name[row]] === 'gemm(float*)');
    assert.deepEqual(
      kernels.map((row) => [
        trace.strings[trace.spans.name[partner[row]]],
        trace.lanes[trace.spans.lane[row]].processId ===
          trace.lanes[trace.spans.lane[partner[row]]].processId,
      ]),
      [
        ['hipLaunchKernel', true],
        ['hipLaunchKernel', true],
      ],
    );
  });

  it('is exact to the nanosecond however long the machine has been up', async () => {
    const late = await read(rocpdBytes(2n ** 60n + 1n));
    const early = await read(rocpdBytes());
    assert.deepEqual(late.spans.start, early.spans.start);
  });

  it('reads what older and other writers leave out, and tables without an id', async () => {
    const left = /_(?:event|info_thread|info_agent|memory_copy)$/;
    const tables = Object.fromEntries(
      Object.entries(rocpdTables(1_000_000n, '')).filter(([name]) => !left.test(name)),
    );
    const { meta, spans, problems } = await read(databaseOf(tables));
    assert.deepEqual([meta.format, spans.length, problems.length], ['rocpd', 10, 0]);
  });

  it('is found in a folder by its ending, and read as a file alone', async () => {
    const path = write(rocpdBytes());
    write(
      databaseOf({ notes: { columns: 'id INTEGER, text TEXT', rows: [[1, 'x']] } }),
      'other.db',
    );
    const files = await findRunFiles([folder], new AbortController().signal);
    assert.deepEqual(
      files.map((file) => [file.path, file.format]),
      [[path, 'rocpd']],
    );
    const { problems } = await readBytes(rocpdBytes());
    assert.match(problems[0].reason, /only be read as a file/);
  });

  it('tells what to do where it is empty, cut or damaged, and never throws', async () => {
    const empty = await read(
      databaseOf({ [`rocpd_metadata${UUID}`]: { columns: 'id INTEGER', rows: [] } }),
    );
    assert.match(empty.problems[0].reason, /neither kernels nor calls.*rocprofv3/);
    const bytes = rocpdBytes();
    const random = seededRandom(7);
    for (let i = 0; i < 60; i++) {
      const damaged = bytes.slice(
        0,
        i % 3 === 0 ? Math.floor(random() * bytes.length) : bytes.length,
      );
      for (let j = 0; j < 20; j++) {
        damaged[100 + Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      const trace = await read(damaged);
      assert.equal(trace.counts.read, trace.counts.kept + trace.counts.dropped);
    }
  });

  it('takes no table whose name would be a program', async () => {
    const name = 'rocpd_kernel_dispatch" UNION SELECT 1 --';
    const trace = await read(
      databaseOf(
        {},
        {
          before: `CREATE TABLE "${name.replace('"', '""')}" (start INTEGER); CREATE TABLE rocpd_string (id INTEGER)`,
        },
      ),
    );
    assert.equal(trace.spans.length, 0);
  });

  it('is told from a database of DLProf, of which it is said what to open instead', async () => {
    const trace = await read(
      databaseOf(
        {},
        {
          before:
            'CREATE TABLE iterations (id INTEGER); CREATE VIEW view_iterations_profiled AS SELECT id AS iter_value FROM iterations',
        },
      ),
    );
    assert.match(trace.problems[0].reason, /DLProf.*nsys_profile\.sqlite/);
  });
});
