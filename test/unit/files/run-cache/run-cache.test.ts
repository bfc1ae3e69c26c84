import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunGroup } from '../../../../src/core/model/run.ts';
import { clearCache } from '../../../../src/files/run-cache/run-cache.ts';
import type { AnalyzedRun } from '../../../../src/files/run-cache/run-entry.ts';
import { analyzeFresh, CacheFixture, groupIn, questionOf } from '../../../support/cached-runs.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

describe('RunCache', () => {
  let fixture: CacheFixture;
  let group: RunGroup;
  let fresh: AnalyzedRun;

  beforeEach(async () => {
    fixture = new CacheFixture();
    group = await fixture.write();
    fresh = await analyzeFresh(group);
  });

  afterEach(() => fixture.remove());

  async function keep(run = fresh, changes: Parameters<CacheFixture['cache']>[0] = {}) {
    const { found, keep } = await fixture.cache(changes).look(questionOf(group));
    await keep(run);
    return found;
  }

  async function find(question = questionOf(group), changes = {}): Promise<AnalyzedRun | null> {
    return (await fixture.cache(changes).look(question)).found;
  }

  function entries(): string[] {
    return readdirSync(join(fixture.cacheFolder, 'runs')).map((name) =>
      join(fixture.cacheFolder, 'runs', name),
    );
  }

  it('gives back what was kept, and nothing before', async () => {
    assert.equal(await keep(), null);
    const found = await find();
    assert.ok(found !== null);
    assert.deepEqual(found.analysis.report, fresh.analysis.report);
    assert.deepEqual(found.overview, fresh.overview);
    assert.deepEqual(found.steps, fresh.steps);
  });

  it('knows the same content after a copy back, and asks for every byte of it', async () => {
    await keep();
    const [{ path }] = group.files;
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    assert.notEqual(await find(), null);
    assert.notEqual(await find(), null, 'once more, by what was remembered of the copy');
  });

  it('does not give what was of a file that has grown, shrunk, or holds other bytes', async () => {
    await keep();
    const [{ path }] = group.files;
    const bytes = readFileSync(path);
    const { atime, mtime } = statSync(path);
    const changes: [string, () => void][] = [
      ['grown', () => appendFileSync(path, '{}\n')],
      ['shrunk', () => truncateSync(path, bytes.length - 1)],
      ['one byte, with the old times set again', () => flip(path, bytes, bytes.length >> 1)],
      ['emptied', () => writeFileSync(path, '')],
    ];
    for (const [name, change] of changes) {
      change();
      utimesSync(path, atime, mtime);
      assert.equal(await find(), null, name);
      writeFileSync(path, bytes);
      assert.notEqual(await find(), null, `as before ${name}`);
    }
    rmSync(path);
    assert.equal(await find(), null, 'gone');
  });

  it('asks again where settings, the program or the names of the files are others', async () => {
    await keep();
    assert.equal(await find(questionOf(group, { threshold: 2 })), null);
    assert.equal(await find(questionOf(group), { program: 'newer' }), null);
    const other = join(fixture.folder, 'other');
    mkdirSync(other);
    group.files.forEach(({ path }, i) => copyFileSync(path, join(other, `rank${i}.spans.jsonl`)));
    assert.equal(await find(questionOf(await groupIn(other))), null);
    assert.notEqual(await find(), null);
  });

  it('keeps nothing of files that were written a moment before, or while they were read', async () => {
    await keep(fresh, { nowMs: () => Date.now() });
    assert.equal(existsSync(fixture.cacheFolder), false);
    const { keep: keepLate } = await fixture.cache().look(questionOf(group));
    appendFileSync(group.files[0].path, '{}\n');
    await keepLate(fresh);
    assert.equal(existsSync(fixture.cacheFolder), false);
  });

  it('throws damaged files away, cut at any length or changed in any byte', async () => {
    await keep();
    const [entry] = entries();
    const bytes = readFileSync(entry);
    const random = seededRandom(7);
    const lengths = Array.from({ length: 40 }, () => Math.floor(random() * bytes.length));
    for (const length of [0, 1, 23, 24, bytes.length - 24, bytes.length - 1, ...lengths]) {
      writeFileSync(entry, bytes.subarray(0, length));
      assert.equal(await find(), null, `cut to ${length} of ${bytes.length} bytes`);
      assert.deepEqual(entries(), [], `removed after the cut to ${length} bytes`);
    }
    for (let i = 0; i < 60; i++) {
      const at = i < 24 ? bytes.length - 1 - i : Math.floor(random() * bytes.length);
      flip(entry, bytes, at);
      assert.equal(await find(), null, `byte ${at} of ${bytes.length}`);
    }
    writeFileSync(entry, Buffer.concat([bytes, bytes.subarray(0, 100)]));
    assert.equal(await find(), null, 'longer than it was');
    writeFileSync(entry, bytes);
    assert.notEqual(await find(), null, 'whole again');
  });

  it('survives what is no memory of contents', async () => {
    await keep();
    const folder = join(fixture.cacheFolder, 'contents');
    for (const text of ['', '{', '{"print":1}', 'null']) {
      readdirSync(folder).forEach((name) => writeFileSync(join(folder, name), text));
      assert.equal(await find(), null, text);
    }
    await keep();
    assert.notEqual(await find(), null);
  });

  it('takes what several windows keep at once', async () => {
    await Promise.all(Array.from({ length: 4 }, async () => await keep()));
    assert.equal(entries().length, 1);
    assert.deepEqual((await find())?.analysis.report, fresh.analysis.report);
  });

  it('leaves nothing where the disk gives no room, and says why', async () => {
    mkdirSync(fixture.cacheFolder);
    writeFileSync(join(fixture.cacheFolder, 'runs'), 'a file where the folder should be');
    await assert.rejects(keep(), { code: 'EEXIST' });
    rmSync(join(fixture.cacheFolder, 'runs'));
    await assert.rejects(keep(fresh, { maxBytes: 1_000 }), { name: 'TooLarge' });
    assert.deepEqual(entries(), []);
    assert.equal(await find(), null);
  });

  it('makes room by what was not used for longest', async () => {
    await keep();
    const [{ size }] = entries().map((path) => statSync(path));
    const ask = async (about: number, maxBytes: number) => {
      const { found, keep } = await fixture.cache({ maxBytes }).look(questionOf(group, about));
      if (found === null) {
        await keep(fresh);
      }
      return found !== null;
    };
    const block = 4_096;
    const room = 3.5 * Math.ceil(size / block) * block + block * group.files.length;
    rmSync(entries()[0]);
    for (const [i, about] of [1, 2, 3].entries()) {
      assert.equal(await ask(about, room), false);
      const [newest] = entries().sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
      utimesSync(newest, new Date(1e12 + 1e6 * i), new Date(1e12 + 1e6 * i));
    }
    assert.equal(await ask(1, room), true, 'the oldest is used, and so the newest');
    await ask(4, room);
    const known = [];
    for (const about of [1, 2, 3, 4]) {
      known.push((await find(questionOf(group, about))) !== null);
    }
    assert.deepEqual(known, [true, false, true, true]);
  });

  it('removes what an ended program has left half written, and not what is being written', async () => {
    mkdirSync(join(fixture.cacheFolder, 'runs'), { recursive: true });
    const [old, young] = ['old', 'young'].map((name) =>
      join(fixture.cacheFolder, 'runs', `${name}.part`),
    );
    [old, young].forEach((path) => writeFileSync(path, 'half'));
    utimesSync(old, new Date(1e12), new Date(1e12));
    await keep();
    assert.equal(existsSync(old), false);
    assert.equal(existsSync(young), true);
  });

  it('is cleared', async () => {
    await keep();
    const bytes = await clearCache(fixture.cacheFolder);
    assert.ok(bytes >= statSync(group.files[0].path).size / 10, `${bytes} bytes`);
    assert.equal(await find(), null);
    assert.equal(await clearCache(fixture.cacheFolder), 0);
    assert.equal(await clearCache(join(fixture.folder, 'none')), 0);
  });
});

function flip(path: string, bytes: Buffer, at: number): void {
  const changed = Buffer.from(bytes);
  changed[at] ^= 0x10;
  writeFileSync(path, changed);
}
