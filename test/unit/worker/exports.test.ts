import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { Exports } from '../../../src/worker/exports.ts';
import { drawRun } from '../../support/draw-run.ts';

const STEP = `
  main      DDDDDDF--l-B--l--O-
  stream 7            K--  K---
`;

describe('the exports of the worker', () => {
  const analysis = analyzeRun(drawRun([STEP], { steps: 800 }));
  const { startNs, endNs } = analysis;
  const wish = { kind: 'chrome' as const, startNs, endNs, rows: [{ rank: 0, lane: -1 }] };
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'exports-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are written piece by piece, and can be ended by their number alone', async () => {
    const exports = new Exports();
    const paths = [1, 2].map((id) => join(folder, `${id}.json`));
    const written = [1, 2].map((id) => exports.write(analysis, { id, path: paths[id - 1], wish }));
    exports.cancel(1);
    await assert.rejects(written[0], { name: 'AbortError' });
    const bytes = await written[1];
    assert.ok(bytes > 1 << 20, `${bytes} bytes are several pieces`);
    assert.equal(readFileSync(paths[1]).length, bytes);
    assert.deepEqual(readdirSync(folder), ['2.json']);
    exports.cancel(2);
  });
});
