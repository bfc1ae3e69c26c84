import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ExportFailed, exportNsight } from '../../../src/files/export-nsight.ts';

/** In place of `nsys`: writes its words into the output, or fails as it is told to. */
const STAND_IN = `#!/bin/sh
if [ -f "$0.fails" ]; then echo "Importing..."; echo "the report is damaged" >&2; exit 3; fi
if [ -f "$0.waits" ]; then echo begun > "$5"; sleep 60; fi
echo "$@" > "$5"
`;

describe('exporting a report of Nsight Systems', function () {
  let folder: string;
  let report: string;
  const path = process.env['PATH'];
  const { signal } = new AbortController();

  before(function () {
    if (process.platform === 'win32') {
      this.skip();
    }
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleuth nsys-'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/nsys'), STAND_IN);
    chmodSync(join(folder, 'bin/nsys'), 0o755);
    report = join(folder, 'rank 0; touch x.nsys-rep');
    writeFileSync(report, 'a report');
    process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${path ?? ''}`;
  });

  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('runs nsys, and puts the database beside the report', async () => {
    const database = await exportNsight(report, signal);
    assert.equal(database, join(folder, 'rank 0; touch x.sqlite'));
    assert.equal(
      readFileSync(database, 'utf8').trim(),
      `export --type sqlite --output ${database}.partial ${report}`,
    );
    assert.equal(readdirSync(folder).length, 3);
  });

  it('leaves an export that is there', async () => {
    const there = report.replace('.nsys-rep', '.sqlite');
    writeFileSync(there, 'of yesterday');
    assert.equal(await exportNsight(report, signal), there);
    assert.equal(readFileSync(there, 'utf8'), 'of yesterday');
  });

  it('says why nsys failed, and leaves nothing', async () => {
    writeFileSync(join(folder, 'bin/nsys.fails'), '');
    await assert.rejects(exportNsight(report, signal), (error) => {
      assert.ok(error instanceof ExportFailed);
      assert.match(error.message, /could not export the report: the report is damaged$/);
      return true;
    });
    assert.equal(readdirSync(folder).length, 2);
  });

  it('says what to do where there is no nsys', async () => {
    process.env['PATH'] = join(folder, 'nowhere');
    await assert.rejects(exportNsight(report, signal), /nsys is not on the PATH. Install Nsight/);
  });

  it('stops when told to, and leaves nothing', async () => {
    writeFileSync(join(folder, 'bin/nsys.waits'), '');
    const stop = new AbortController();
    const waiting = exportNsight(report, stop.signal);
    const partial = `${report.replace('.nsys-rep', '.sqlite')}.partial`;
    while (!existsSync(partial)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    assert.equal(existsSync(partial), false);
  });
});
