import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readArguments, readEventText } from '../../../src/files/read-event.ts';
import { findSpan, fixture } from '../../support/read-bytes.ts';

const { signal } = new AbortController();

describe('readArguments', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleuth-events-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, content: Uint8Array | string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('gives the event of a span with its arguments, from a plain or packed file', async () => {
    const bytes = fixture('kineto/2024.json');
    for (const path of [write('a.json', bytes), write('b.json.gz', gzipSync(bytes))]) {
      const trace = await readTrace(await openFile(path), { signal });
      const offset = trace.spans.byteOffset[findSpan(trace, 'record_param_comms')];
      const text = await readEventText(path, offset, signal);
      assert.equal((JSON.parse(text ?? '') as { name: string }).name, 'record_param_comms');
      const values = new Map(await readArguments(path, offset, signal));
      assert.equal(values.get('name'), 'record_param_comms');
      assert.equal(values.get('Collective name'), '_reduce_scatter_base');
      assert.equal(values.get('Concrete Inputs'), '["","}","{\\"a\\": [1, 2]}"]');
    }
  });

  it('gives the text of an event that is not quite JSON', async () => {
    const path = write('a.json', '[{"ph":"X","args":{"context":N/A}}]');
    assert.deepEqual(await readArguments(path, 1, signal), [
      ['event', '{"ph":"X","args":{"context":N/A}}'],
    ]);
  });

  it('gives nothing where no event begins', async () => {
    const path = write('a.json', '[{"ph":"X"}]');
    for (const offset of [0, 2, 11, 500, -1]) {
      assert.equal(await readEventText(path, offset, signal), null);
      assert.deepEqual(await readArguments(path, offset, signal), []);
    }
  });

  it('reads no more than it needs, and no endless event', async () => {
    const path = write('a.json', `[{"ph":"${'x'.repeat(10 << 20)}`);
    assert.equal(await readEventText(path, 1, signal), null);
  });
});
