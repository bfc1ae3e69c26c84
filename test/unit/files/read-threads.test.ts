import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { FileError } from '../../../src/files/file-error.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readInParts } from '../../../src/files/read-in-parts.ts';
import { ReadThreads, threadsFor } from '../../../src/files/read-threads.ts';
import { generateKineto } from '../../support/generate-kineto.ts';

describe('threads that read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-threads-'));
  const path = join(folder, 'rank0.json');
  const text = generateKineto({ steps: 20, seed: 3 });
  const { signal } = new AbortController();
  const reading = { signal, onProgress: () => undefined };
  const script = pathToFileURL(join(folder, 'read-thread.mjs'));
  const threads = new ReadThreads(script, 2);

  before(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, '../../../src/files/read-thread.ts')],
      outfile: fileURLToPath(script),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    writeFileSync(path, text);
    writeFileSync(`${path}.gz`, gzipSync(text));
  });

  afterEach(() => threads.end());

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('give the trace that this thread reads, of more files than there are threads', async () => {
    const expected = await readTrace(await openFile(path), { signal });
    const paths = [path, `${path}.gz`, path];
    const traces = await Promise.all(
      paths.map(async (one) => threads.run('read', { path: one }, reading)),
    );
    traces.forEach((trace) => assert.deepEqual(trace, expected));
  });

  it('give the trace of a file by its parts', async () => {
    const consumed: number[] = [];
    const told = { signal, onProgress: (bytes: number) => void consumed.push(bytes) };
    const trace = await readInParts(path, threads, told, Math.floor(text.length / 2));
    assert.ok(trace !== null, 'the file was not read in parts');
    assert.deepEqual(trace, await readTrace(await openFile(path), { signal }));
    assert.ok(consumed.every((bytes) => bytes <= text.length));
  });

  it('leave files as a whole that are small, packed or none of events', async () => {
    assert.equal(await readInParts(path, threads, reading), null);
    assert.equal(await readInParts(`${path}.gz`, threads, reading, 100), null);
    const other = join(folder, 'notes.txt');
    writeFileSync(other, 'nothing of use\n'.repeat(100));
    assert.equal(await readInParts(other, threads, reading, 100), null);
  });

  it('say which file the system refuses, and go on', async () => {
    const absent = join(folder, 'absent.json');
    await assert.rejects(threads.run('read', { path: absent }, reading), (error) => {
      assert.ok(error instanceof FileError);
      assert.equal(error.path, absent);
      assert.match(error.message, /there is no such file or folder/);
      return true;
    });
    assert.ok((await threads.run('read', { path }, reading)).counts.kept > 0);
  });

  it('stop when told to, and read again after', async () => {
    const stop = new AbortController();
    const waiting = threads.run('read', { path }, { ...reading, signal: stop.signal });
    stop.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    assert.ok((await threads.run('read', { path }, reading)).counts.kept > 0);
  });

  it('are not started for little, nor where their program is missing', () => {
    const file = (name: string, sizeBytes: number) => ({ path: name, sizeBytes }) as never;
    const large = 100 << 20;
    const absent = new URL('./absent.js', import.meta.url);
    assert.equal(threadsFor([file('a.json', 1_000)], script), null);
    assert.equal(threadsFor([file('a.json', large)], absent), null);
    assert.equal(threadsFor([file('a.json', large)], undefined), null);
    assert.equal(threadsFor([file('a.json.gz', large)], script), null, 'one packed file');
  });
});
