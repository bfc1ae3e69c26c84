import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaselineRead, readBaseline } from '../../../src/files/read-baseline.ts';
import { drawSpans } from '../cli/run-cli.ts';

describe('readBaseline', () => {
  let top = '';
  let own = '';
  const { signal } = new AbortController();
  beforeEach(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'training-sleuth-baseline-')));
    own = write('now/rank0.spans.jsonl', spans());
  });
  afterEach(() => rmSync(top, { recursive: true }));

  function write(path: string, text: string): string {
    mkdirSync(join(top, path, '..'), { recursive: true });
    writeFileSync(join(top, path), text);
    return join(top, path);
  }

  const spans = (rank = 0, worldSize = 1): string =>
    drawSpans({ steps: 12, dataNs: 10e6, rank, worldSize });

  const read = async (path: string, folders: string[] | null = null): Promise<BaselineRead> =>
    await readBaseline(join(top, path), { files: [own], folders, signal });

  async function refuses(path: string, reason: RegExp, folders?: string[]): Promise<void> {
    const { baseline, baselineProblem } = await read(path, folders);
    assert.equal(baseline, null);
    assert.match(baselineProblem ?? '', reason);
    assert.match(baselineProblem ?? '', /^There is no baseline .*\. Name a file or the folder/);
  }

  it('has none and no problem where none is named', async () => {
    const none = await readBaseline(null, { files: [own], folders: null, signal });
    assert.deepEqual(none, { baseline: null, baselineProblem: null });
  });

  it('takes the run in a folder', async () => {
    const path = write('old/rank0.spans.jsonl', spans());
    const { baseline, baselineProblem } = await read('old');
    assert.equal(baselineProblem, null);
    assert.deepEqual(baseline?.files, [path]);
    // A step waits 10 ms and computes 20 ms.
    assert.equal(baseline.typical.stepNs, 30e6);
  });

  it('takes the other ranks of a file', async () => {
    write('old/rank0.spans.jsonl', spans(0, 2));
    write('old/rank1.spans.jsonl', spans(1, 2));
    assert.equal((await read('old/rank1.spans.jsonl')).baseline?.files.length, 2);
  });

  it('refuses what is not there', async () => {
    await refuses('gone', /cannot read .*gone: there is no such file or folder/);
  });

  it('refuses what holds no trace, or no events', async () => {
    write('notes/readme.txt', 'hello');
    await refuses('notes', /notes holds no trace or timing file/);
    write('empty.spans.jsonl', '{"type":"run","schema":1}\n');
    await refuses('empty.spans.jsonl', /has no events/);
  });

  it('refuses a folder of several runs, and names them', async () => {
    write('runs/a/rank0.spans.jsonl', spans());
    write('runs/b/rank0.spans.jsonl', spans());
    await refuses('runs', /runs holds 2 runs \(.+, .+\)/);
  });

  it('says of the baseline itself that it is that', async () => {
    for (const path of ['now', 'now/rank0.spans.jsonl']) {
      const { baseline, baselineProblem } = await read(path);
      assert.equal(baseline, null);
      assert.equal(baselineProblem, 'This run is the baseline that others are compared with.');
    }
    symlinkSync(own, join(top, 'link.spans.jsonl'));
    assert.match((await read('link.spans.jsonl')).baselineProblem ?? '', /^This run is the base/);
  });

  it('reads nothing outside of the folders that are open, wherever links lead', async () => {
    write('elsewhere/rank0.spans.jsonl', spans());
    const project = join(top, 'project');
    write('project/old/rank0.spans.jsonl', spans());
    symlinkSync(join(top, 'elsewhere'), join(project, 'link'));
    assert.notEqual((await read('project/old', [project])).baseline, null);
    const outside = /lies outside of the folders that are open/;
    await refuses('elsewhere', outside, [project]);
    await refuses('project/link', outside, [project]);
    await refuses('project/../elsewhere', outside, [project]);
    await refuses('project-2', outside, [project]);
    await refuses('elsewhere/gone', outside, [project]);
  });

  it('ends where nobody waits any more', async () => {
    write('old/rank0.spans.jsonl', spans());
    const ended = AbortSignal.abort();
    await assert.rejects(
      readBaseline(join(top, 'old'), { files: [own], folders: null, signal: ended }),
      { name: 'AbortError' },
    );
  });
});
