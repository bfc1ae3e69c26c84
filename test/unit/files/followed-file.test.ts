import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { FollowedFile } from '../../../src/files/followed-file.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { simulationOf, textsOf } from '../../support/simulated-run.ts';

const { signal } = new AbortController();

function spanText(seed: number): string {
  const simulated = simulationOf(
    { ranks: 1, steps: 12, loader: { workers: 1 }, recording: { format: 'spans' } },
    seed,
  );
  return [...textsOf(simulated, 0).values()].join('');
}

/** Lines of every kind, with some that are no spans. */
function oddText(): string {
  return [
    '{"type":"run","schema":1,"run":"odd","rank":3,"worldSize":8,"startUnixNs":1700000000000000000,"pid":7}',
    '{"type":"span","name":"fórward","phase":"forward","step":0,"ts":1000,"dur":500,"file":"a.py","line":3}',
    'not JSON at all',
    '{"type":"counter","name":"loss","ts":1200,"value":0.5}{"type":"event","name":"checkpoint","ts":1300}',
    '',
    '{"type":"span","name":"all_reduce","ts":900,"dur":-3,"lane":"communication","seq":4,"attrs":{"group":"dp"}}',
    '{"type":"step","step":0,"ts":800,"dur":2000,"samples":32,"epoch":0}',
    '{"type":"span","name":"no time"}',
    '{"type":"span","name":"kernel","ts":1100,"dur":10,"lane":"device"}',
    '',
  ].join('\n');
}

function required(trace: Trace | null): Trace {
  assert.ok(trace !== null, 'it is followed');
  return trace;
}

describe('a file that is followed', () => {
  let folder = '';
  let path = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'followed-'));
    path = join(folder, 'rank0.spans.jsonl');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  async function readFresh(): Promise<Trace> {
    return await readTrace(await openFile(path), { signal });
  }

  /** The followed file gives what a reader of the whole would, or leaves it to that one. */
  async function assertSame(file: FollowedFile, what: string): Promise<boolean> {
    const trace = await file.readOn(signal);
    if (trace !== null) {
      assert.deepEqual(trace, await readFresh(), what);
    }
    return trace !== null;
  }

  it('gives at any time what a reader of the whole file gives, wherever it was cut', async () => {
    for (const [text, seed] of [
      [oddText(), 1],
      [oddText(), 2],
      [spanText(3), 3],
    ] as const) {
      const bytes = Buffer.from(text);
      const random = seededRandom(seed);
      const file = new FollowedFile(path);
      writeFileSync(path, '');
      let followed = 0;
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + Math.floor(random() * (bytes.length / 30)));
        appendFileSync(path, bytes.subarray(at, end));
        at = end;
        followed += (await assertSame(file, `${at} of ${bytes.length} bytes`)) ? 1 : 0;
      }
      assert.ok(followed > 10, `${followed} times`);
      assert.equal(await assertSame(file, 'all'), true);
    }
  });

  it('takes every byte once', async () => {
    writeFileSync(path, spanText(4));
    const file = new FollowedFile(path);
    const reads: number[] = [];
    const read = async () => await file.readOn(signal, (byteLength) => reads.push(byteLength));
    const first = required(await read());
    const { length } = Buffer.from(spanText(4));
    assert.equal(reads.at(-1), length);
    reads.length = 0;
    assert.equal(await read(), first, 'the same object while nothing comes');
    assert.deepEqual(reads, []);
    const line = '{"type":"span","name":"more","ts":99,"dur":1}\n';
    appendFileSync(path, line);
    const second = required(await read());
    assert.deepEqual(reads, [length + line.length]);
    assert.equal(second.counts.kept, first.counts.kept + 1);
    assert.equal(first.spans.length, second.spans.length - 1, 'the first stays as it was');
  });

  it('waits for the end of the last line, and says that it is cut meanwhile', async () => {
    const line = '{"type":"span","name":"late","ts":5,"dur":1}\n';
    writeFileSync(path, oddText() + line.slice(0, 20));
    const file = new FollowedFile(path);
    const before = required(await file.readOn(signal));
    assert.equal(before.problems.at(-1)?.kind, 'cut');
    appendFileSync(path, line.slice(20));
    const after = required(await file.readOn(signal));
    assert.equal(after.counts.kept, before.counts.kept + 1);
    assert.equal(after.counts.dropped, before.counts.dropped - 1);
    assert.equal(await assertSame(file, 'whole'), true);
    appendFileSync(path, line.trimEnd());
    assert.equal(await file.readOn(signal), null, 'a whole line without its end is left to others');
    appendFileSync(path, '\n');
    assert.equal(await assertSame(file, 'with its end'), true);
  });

  it('begins anew where the file was cut, replaced, or overwritten', async () => {
    const file = new FollowedFile(path);
    const [a, b] = [spanText(5), spanText(6)];
    const changes: [string, () => void][] = [
      ['written', () => writeFileSync(path, a)],
      ['cut', () => truncateSync(path, a.length >> 1)],
      [
        'cut and grown',
        () => {
          truncateSync(path, 100);
          appendFileSync(path, b);
        },
      ],
      ['emptied', () => truncateSync(path, 0)],
      ['overwritten by a longer one', () => writeFileSync(path, b + a)],
      ['overwritten by one as long', () => writeFileSync(path, a + b)],
      [
        'rotated',
        () => {
          renameSync(path, `${path}.1`);
          writeFileSync(path, a + b + a);
        },
      ],
      ['appended', () => appendFileSync(path, b)],
    ];
    for (const [name, change] of changes) {
      change();
      assert.equal(await assertSame(file, name), name !== 'emptied', name);
    }
  });

  it('leaves packed files and wide characters to others', async () => {
    for (const bytes of [gzipSync(oddText()), Buffer.from(`\ufeff${oddText()}`, 'utf16le')]) {
      writeFileSync(path, bytes);
      assert.equal(await new FollowedFile(path).readOn(signal), null);
    }
    writeFileSync(path, `\ufeff${oddText()}`);
    assert.equal(await assertSame(new FollowedFile(path), 'with a mark of its byte order'), true);
  });

  it('tells what the system says of a file that is gone', async () => {
    const file = new FollowedFile(path);
    await assert.rejects(file.readOn(signal), { code: 'ENOENT' });
    writeFileSync(path, oddText());
    assert.equal(await assertSame(file, 'there'), true);
    rmSync(path);
    await assert.rejects(file.readOn(signal), { code: 'ENOENT' });
  });
});
