import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedSource } from '../../../src/core/model/trace.ts';
import type { TrainingRun } from '../../../src/extension/runs/training-run.ts';
import { GitTexts } from '../../../src/extension/source/git-texts.ts';
import { RecordedTexts } from '../../../src/extension/source/recorded-texts.ts';
import { blobIdOf, TextSnapshots } from '../../../src/extension/source/text-snapshots.ts';

const LIMIT = 1 << 20;
const RAN = 'for x in loader:\n    loss = model(x)\n';
const EDITED = `# a comment\n${RAN}`;
const RUN_MS = Date.parse('2024-06-01T12:00:00Z');

describe('what ran', () => {
  let folder = '';
  let script = '';
  let isTrusted = true;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recorded-texts-'));
    script = join(folder, 'train.py');
    isTrusted = true;
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As after a start of VS Code: nothing is in memory. */
  function open(): RecordedTexts {
    return new RecordedTexts(
      new TextSnapshots(join(folder, 'kept')),
      new GitTexts(() => isTrusted, LIMIT),
      (error) => {
        throw error;
      },
    );
  }

  async function find(run: TrainingRun): Promise<unknown> {
    return await open().find(run, 'train.py', script);
  }

  it('is the file, while that is what it was', async () => {
    writeFileSync(script, RAN);
    assert.deepEqual(await find(runOf(sourceOf(RAN))), { text: RAN, isSure: true });
    assert.deepEqual(readdirSync(join(folder, 'kept')), [idOf(RAN)]);
  });

  it('is known by its snapshot after an edit that nobody committed', async () => {
    writeFileSync(script, RAN);
    await find(runOf(sourceOf(RAN)));
    writeFileSync(script, EDITED);
    assert.deepEqual(await find(runOf(sourceOf(RAN))), { text: RAN, isSure: true });
  });

  it('is not known where it was edited before anybody looked', async () => {
    writeFileSync(script, EDITED);
    assert.equal(await find(runOf(sourceOf(RAN))), null);
  });

  it('is looked for again after it was not found', async () => {
    writeFileSync(script, EDITED);
    const texts = open();
    const run = runOf(sourceOf(RAN));
    assert.equal(await texts.find(run, 'train.py', script), null);
    writeFileSync(script, RAN);
    assert.deepEqual(await texts.find(run, 'train.py', script), { text: RAN, isSure: true });
  });

  it('does not mind the line ends of a checkout', async () => {
    writeFileSync(script, RAN.replaceAll('\n', '\r\n'));
    const found = await find(runOf(sourceOf(RAN)));
    assert.deepEqual(found, { text: RAN.replaceAll('\n', '\r\n'), isSure: true });
  });

  it('takes no snapshot that was tampered with', async () => {
    mkdirSync(join(folder, 'kept'));
    writeFileSync(join(folder, 'kept', idOf(RAN)), 'something else');
    writeFileSync(script, EDITED);
    assert.equal(await find(runOf(sourceOf(RAN))), null);
    assert.deepEqual(readdirSync(join(folder, 'kept')), []);
  });

  it('without a blob is the file, if that was not written since', async () => {
    writeFileSync(script, RAN);
    utimesSync(script, RUN_MS / 1_000 - 60, RUN_MS / 1_000 - 60);
    assert.deepEqual(await find(runOf()), { text: RAN, isSure: true });
    utimesSync(script, RUN_MS / 1_000 + 60, RUN_MS / 1_000 + 60);
    assert.equal(await find(runOf()), null);
  });

  describe('in a repository', () => {
    before(function () {
      if (!hasGit()) {
        this.skip();
      }
    });

    beforeEach(() => {
      git('init', '-q');
      commit(RAN, '2024-06-01T10:00:00Z');
    });

    it('is what git has under its id, whatever the file is called now', async () => {
      commit(EDITED, '2024-06-01T11:00:00Z');
      git('mv', 'train.py', 'main.py');
      const found = await open().find(runOf(sourceOf(RAN)), 'train.py', join(folder, 'main.py'));
      assert.deepEqual(found, { text: RAN, isSure: true });
    });

    it('without a blob is the last commit before the run, and less sure', async () => {
      commit(EDITED, '2024-06-01T13:00:00Z');
      writeFileSync(script, 'x = 1\n');
      assert.deepEqual(await find(runOf()), { text: RAN, isSure: false });
    });

    it('is not asked of git where the workspace is not trusted', async () => {
      isTrusted = false;
      writeFileSync(script, EDITED);
      assert.equal(await find(runOf(sourceOf(RAN))), null);
      assert.equal(await find(runOf()), null);
    });

    it('runs nothing that the repository configures', async () => {
      const trap = join(folder, 'trap');
      const program = join(folder, 'monitor.sh');
      writeFileSync(program, `#!/bin/sh\ntouch '${trap}'\n`, { mode: 0o755 });
      for (const key of ['core.fsmonitor', 'core.pager', 'gpg.program', 'core.sshCommand']) {
        git('config', key, program);
      }
      git('config', 'log.showSignature', 'true');
      writeFileSync(script, EDITED);
      assert.deepEqual(await find(runOf(sourceOf(RAN))), { text: RAN, isSure: true });
      assert.deepEqual(await find(runOf()), { text: RAN, isSure: false });
      assert.throws(() => readFileSync(trap));
    });

    it('takes no word of a trace for an option or another object', async () => {
      const texts = new GitTexts(() => true, LIMIT);
      for (const id of ['HEAD:train.py', '--help', '-p HEAD', '']) {
        assert.equal(await texts.readBlob(folder, id), null);
      }
    });

    it('is not known where it is too large', async () => {
      writeFileSync(script, EDITED);
      const small = new GitTexts(() => true, 10);
      assert.equal(await small.readBlob(folder, idOf(RAN)), null);
    });
  });

  function git(...words: readonly string[]): void {
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
      cwd: folder,
      stdio: 'pipe',
    });
  }

  function commit(text: string, date: string): void {
    writeFileSync(script, text);
    execFileSync('git', ['add', 'train.py'], { cwd: folder });
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '-m', 'one'],
      {
        cwd: folder,
        env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      },
    );
  }
});

describe('TextSnapshots', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('forget what was used longest ago', async () => {
    const snapshots = new TextSnapshots(folder, 25);
    const texts = ['first text', 'second txt', 'third text'].map((text) => Buffer.from(text));
    for (const [i, text] of texts.slice(0, 2).entries()) {
      await snapshots.keep(text);
      utimesSync(join(folder, blobIdOf(text)), 1_000 + i, 1_000 + i);
    }
    // Reading it makes the first the latest used.
    assert.deepEqual(await snapshots.read(blobIdOf(texts[0])), texts[0]);
    await snapshots.keep(texts[2]);
    assert.equal(await snapshots.read(blobIdOf(texts[1])), null);
    assert.deepEqual(await snapshots.read(blobIdOf(texts[0])), texts[0]);
    assert.deepEqual(await snapshots.read(blobIdOf(texts[2])), texts[2]);
  });

  it('read nothing outside their folder', async () => {
    writeFileSync(join(folder, 'secret'), 'x');
    const snapshots = new TextSnapshots(join(folder, 'kept'));
    assert.equal(await snapshots.read('../secret'), null);
  });
});

function idOf(text: string): string {
  return blobIdOf(Buffer.from(text));
}

function sourceOf(text: string): RecordedSource {
  return { file: 'train.py', blob: idOf(text) };
}

function runOf(...sources: readonly RecordedSource[]): TrainingRun {
  const run = { id: 'run', modifiedMs: RUN_MS, analyzed: { report: { run: { sources } } } };
  return run as unknown as TrainingRun;
}

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
