import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { cutAt } from '../../../src/core/report/file-notes.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { openDatabase } from '../../../src/files/open-database.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { databaseOf, twoRanks, readExport } from '../../support/nsys-export.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const { signal } = new AbortController();

describe('a database that is not to be trusted', () => {
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

  it('runs nothing that a database brings along', async () => {
    const endless =
      'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT i AS start, i AS "end" FROM n';
    const tables = twoRanks();
    delete tables['CUPTI_ACTIVITY_KIND_KERNEL'];
    const trace = await readExport(
      write(
        databaseOf(tables, {
          before: `CREATE VIEW CUPTI_ACTIVITY_KIND_KERNEL AS ${endless}`,
          after: 'CREATE VIRTUAL TABLE CUPTI_ACTIVITY_KIND_MEMSET USING fts5(start, "end")',
        }),
      ),
    );
    assert.equal(trace.counts.kept, 45 - 8);
  });

  it('writes nothing, neither into the file nor beside it', async () => {
    const bytes = databaseOf(twoRanks());
    // A database in write-ahead mode, as a crashed exporter leaves it.
    bytes[18] = bytes[19] = 2;
    const path = write(bytes);
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    const { counts } = await readExport(path);
    chmodSync(folder, 0o755);
    assert.equal(counts.kept, 45);
    assert.deepEqual(readdirSync(folder), ['report.sqlite']);
    assert.deepEqual(new Uint8Array(readFileSync(path)), bytes);
  });

  it('never fails on a damaged file, and says so', async () => {
    const bytes = databaseOf(twoRanks());
    const random = seededRandom(5);
    let described = 0;
    for (let i = 0; i < 150; i++) {
      const damaged = bytes.slice(0, i % 3 === 0 ? Math.floor(random() * bytes.length) : undefined);
      for (let n = 0; n < 40 && i % 3 !== 0; n++) {
        damaged[100 + Math.floor(random() * (damaged.length - 100))] = Math.floor(random() * 256);
      }
      const { counts, problems } = await readExport(write(damaged));
      assert.equal(counts.read, counts.kept + counts.dropped);
      described += problems.length > 0 ? 1 : 0;
    }
    assert.ok(described > 50, `${described} of 150 are said to be damaged`);
  });

  it('keeps what it read before the damage', async () => {
    const many = twoRanks();
    const { columns, rows } = many['NVTX_EVENTS'];
    const repeated = Array.from({ length: 400 }, () => rows).flat();
    const bytes = databaseOf({ ...many, NVTX_EVENTS: { columns, rows: repeated } });
    // Within a page, of which no row is taken.
    const end = bytes.length / 2 + 777;
    const trace = await readExport(write(bytes.subarray(0, end)));
    assert.ok(trace.problems.every(({ kind }) => kind === 'cut'));
    assert.equal(cutAt(trace), end);
    assert.equal(trace.counts.dropped, 0);
    assert.ok(
      trace.problems.some(({ reason }) =>
        reason.startsWith('Rows of the table NVTX_EVENTS are missing. This database is damaged'),
      ),
    );
    assert.ok(trace.counts.kept > 1000 && trace.counts.kept < 6400, `${trace.counts.kept} rows`);
  });

  const explained: readonly (readonly [what: string, content: () => Uint8Array, text: RegExp])[] = [
    ['a packed export', () => gzipSync(databaseOf(twoRanks())), /packed.*unpack it.*nsys export/],
    [
      'an export of another trace',
      () => databaseOf({ StringIds: { columns: 'id INT, value TEXT', rows: [] } }),
      /neither work of a GPU nor NVTX ranges.*--trace=cuda,nvtx/,
    ],
    [
      'a database of something else',
      () => databaseOf({ users: { columns: 'id INT', rows: [[1]] } }),
      /SQLite database without the tables of an export of Nsight Systems/,
    ],
  ];
  for (const [what, content, text] of explained) {
    it(`says of ${what} what it is`, async () => {
      const { problems, spans } = await readExport(write(content()));
      assert.equal(spans.length, 0);
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['unreadable'],
      );
      assert.match(problems[0].reason, text);
    });
  }

  it('tells how to export a report, until that has been done', async () => {
    const report = write(new Uint8Array([0, 1, 2, 255, 254]), 'report1.nsys-rep');
    const [found] = await findRunFiles([folder], signal);
    assert.equal(found.path, report);
    const { ranks } = await readRun(groupRuns([found])[0], { signal });
    assert.match(ranks[0].trace.problems[0].reason, /nsys export --type sqlite FILE\.nsys-rep/);
    const exported = write(databaseOf(twoRanks()), 'report1.sqlite');
    assert.deepEqual(
      (await findRunFiles([folder], signal)).map(({ path, format }) => [path, format]),
      [[exported, 'nsys']],
    );
  });

  it('stops when it is told to, and tells its progress', async () => {
    const { NVTX_EVENTS: ranges } = twoRanks();
    const rows = Array.from({ length: 2000 }, () => ranges.rows).flat();
    const path = write(databaseOf({ NVTX_EVENTS: { ...ranges, rows } }));
    const controller = new AbortController();
    const progress: number[] = [];
    const source = await openFile(path);
    await readTrace(source, {
      signal,
      openDatabase: () => openDatabase(path),
      onProgress: (bytes) => progress.push(bytes),
    });
    assert.ok(progress.length > 0 && progress.every((bytes) => bytes <= source.sizeBytes));
    const reading = readTrace(await openFile(path), {
      signal: controller.signal,
      async openDatabase() {
        const database = await openDatabase(path);
        setImmediate(() => controller.abort());
        return database;
      },
    });
    await assert.rejects(reading, { name: 'AbortError' });
  });
});
