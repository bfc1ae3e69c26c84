import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { FileError } from '../../../src/files/file-error.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import type { ReadProgress } from '../../../src/files/run-progress.ts';

const SPANS = 5;

function drawSpans(rank: number): string {
  const lines: object[] = [{ type: 'run', schema: 1, run: 'drawn', rank, worldSize: 2 }];
  for (let step = 0; step < SPANS; step++) {
    lines.push({ type: 'span', name: 'forward', phase: 'forward', step, ts: step * 10, dur: 5 });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

describe('readRun', () => {
  const { signal } = new AbortController();
  let folder: string;
  let group: RunGroup;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-run-'));
    for (const rank of [0, 1]) {
      await writeFile(join(folder, `rank${rank}.spans.jsonl`), drawSpans(rank));
    }
    const groups = groupRuns(await findRunFiles([folder], signal));
    assert.equal(groups.length, 1);
    [group] = groups as [RunGroup];
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads every file', async () => {
    const run = await readRun(group, { signal });
    assert.deepEqual(
      run.ranks.map(({ rank, trace }) => [rank, trace.spans.length]),
      [
        [0, SPANS],
        [1, SPANS],
      ],
    );
  });

  it('tells how far it is, over all files', async () => {
    const seen: ReadProgress[] = [];
    await readRun(group, { signal, onProgress: (progress) => seen.push(progress) });
    const { sizeBytes } = group.files[0] ?? { sizeBytes: NaN };
    const starts = seen.filter(({ fileIndex }, i) => fileIndex !== seen[i - 1]?.fileIndex);
    assert.deepEqual(
      starts.map(({ consumedBytes, fileCount }) => [consumedBytes, fileCount]),
      [
        [0, 2],
        [sizeBytes, 2],
      ],
    );
    assert.ok(seen.every(({ consumedBytes, totalBytes }) => consumedBytes <= totalBytes));
  });

  it('goes on without a file that vanished, and says so', async () => {
    await rm(join(folder, 'rank1.spans.jsonl'));
    const { ranks, leftOut = [] } = await readRun(group, { signal });
    assert.deepEqual(
      ranks.map(({ rank, trace }) => [rank, trace.spans.length]),
      [[0, SPANS]],
    );
    const [gone] = leftOut;
    assert.equal(leftOut.length, 1);
    assert.equal(gone.rank, 1);
    assert.match(
      gone.trace.problems.map(({ reason }) => reason).join('\n'),
      /^Training Sleuth cannot read .*rank1\.spans\.jsonl: there is no such file or folder\. Analyze/,
    );
  });

  it('throws where no file is left', async () => {
    await rm(folder, { recursive: true });
    await assert.rejects(readRun(group, { signal }), FileError);
  });

  it('reads the same steps of every rank where one has more events than fit the memory', async () => {
    const lines = (rank: number, steps: number, perStep: number): string => {
      let text = `${JSON.stringify({ type: 'run', schema: 1, run: 'drawn', rank, worldSize: 2 })}\n`;
      for (let step = 0; step < steps; step++) {
        text += `${JSON.stringify({ type: 'step', step, ts: step * 1e6, dur: 1e6 })}\n`;
        for (let i = 0; i < perStep; i++) {
          const ts = step * 1e6 + i;
          text += `${JSON.stringify({ type: 'span', name: 'forward', step, ts, dur: 1 })}\n`;
        }
      }
      return text;
    };
    await writeFile(join(folder, 'rank0.spans.jsonl'), lines(0, 100, 300));
    await writeFile(join(folder, 'rank1.spans.jsonl'), lines(1, 100, 10));
    const { ranks } = await readRun(group, { signal, memoryLimitMb: 64 });
    const [large, small] = ranks.map(({ trace }) => trace);
    assert.ok(large.readSteps !== undefined && large.readSteps !== null);
    assert.ok(large.counts.kept <= 20_000);
    assert.deepEqual(small.readSteps, large.readSteps);
    assert.deepEqual(
      ranks.map(({ trace }) => trace.problems[0].kind),
      ['limited', 'limited'],
    );
    const whole = await readRun(group, { signal });
    assert.ok(whole.ranks.every(({ trace }) => trace.readSteps === undefined));
  });

  it('stops when told to', async () => {
    await assert.rejects(readRun(group, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});
