import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Run } from '../../../src/core/model/run.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import { writeNcclLines } from '../../support/nccl-lines.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

function runOf(trace: Trace): Run {
  return {
    name: 'nccl',
    ranks: splitRanks(trace).map((part, i) => ({
      rank: part.meta.rank ?? i,
      file: 'x.jsonl',
      trace: part,
    })),
  };
}

describe('nccl', () => {
  it('tells the ranks of one file apart, by the largest communicator of their devices', async () => {
    const parts = splitRanks(await readText(writeNcclLines({ ranks: 3, count: 1 })));
    assert.deepEqual(
      parts.map(({ meta }) => [meta.format, meta.rank, meta.worldSize]),
      [
        ['nccl', 0, 3],
        ['nccl', 1, 3],
        ['nccl', 2, 3],
      ],
    );
    assert.deepEqual(
      viewSpans(parts[1])
        .map(({ name, lane, category, start, duration }) =>
          [name, lane, category, start, duration].join(' | '),
        )
        .sort(),
      [
        'AllReduce RING LL | collectives | other | 12000 | 2250',
        'KernelCh | channel 1 | other | 16000 | 40000',
        'KernelLaunch | thread 70 | runtime | 12000 | 3000',
        'ncclAllReduce | thread 70 | other | 10000 | 1500',
        // The line names another device: the launch with its number tells whose it is.
        'ncclDevKernel_AllReduce_Sum_f32_RING_LL | kernels of NCCL | recorded | 15125 | 184875',
      ],
    );
  });

  it('counts every line, and shows neither states nor the lives of communicators', async () => {
    const text = writeNcclLines();
    const { counts, problems, spans } = await readText(text);
    assert.deepEqual(counts, { read: 28, kept: 28, repaired: 0, dropped: 0, clipped: 0 });
    assert.equal(text.trim().split('\n').length, 28);
    assert.deepEqual(problems, []);
    assert.equal(spans.length, 20);
  });

  it('knows what each collective is', async () => {
    const { collectives, strings } = await readText(writeNcclLines({ ranks: 1, count: 2 }));
    assert.deepEqual(
      new Set([...collectives.operation].map((row) => strings[row])),
      new Set(['AllReduce']),
    );
    assert.deepEqual(
      new Set([...collectives.group].map((row) => strings[row])),
      new Set(['communicator 8612235153520363772']),
    );
    assert.deepEqual([...collectives.elements], [4096, 4096, 4096, 4096]);
    assert.deepEqual([...collectives.sequence].sort(), [-1, -1, 0, 1]);
  });

  it('matches the collectives of the ranks by the kernels, or by the calls where there are none', async () => {
    for (const hasKernels of [true, false]) {
      const analysis = analyzeRun(
        runOf(await readText(writeNcclLines({ ranks: 4, count: 6, hasKernels }))),
      );
      assert.equal(analysis.matches.length, 6);
      assert.ok(analysis.matches.every(({ spans }) => spans.every((span) => span >= 0)));
    }
  });

  it('says nothing of idle devices, of which the file tells nothing', async () => {
    const { report } = analyzeRun(
      runOf(await readText(writeNcclLines({ ranks: 2, count: 60, staggerUs: 0 }))),
    );
    assert.deepEqual(report.findings, []);
    assert.ok(
      report.ranks.every(
        ({ breakdown, deviceWindow }) => breakdown === null && deviceWindow === null,
      ),
    );
    assert.ok(report.health.notes.some(({ id }) => id === 'communication-only'));
  });

  it('reads the same in chunks, all lines before a cut, and drops lines of other kinds', async () => {
    const text = writeNcclLines();
    const whole = await readText(text);
    assert.deepEqual(await readText(text, 7), whole);
    const bytes = new TextEncoder().encode(text);
    let kept = 0;
    for (let length = 400; length < bytes.length; length += 37) {
      const trace = await readBytes(bytes.subarray(0, length));
      assert.ok(trace.counts.kept >= kept);
      kept = trace.counts.kept;
    }
    const strange = `${text}{"type": "ncclProfileNew", "start": {"ts": 1}}\n{"recordType": "event"}\n{"type": "KERNEL"}\nnot json\n`;
    const { counts } = await readText(strange);
    assert.deepEqual([counts.kept, counts.dropped], [28, 4]);
  });

  itWithShared(
    'a real file: every line is kept, four ranks, and the kernels that wait for the last rank',
    ['nccl/nccl-profiler-4-ranks.jsonl'],
    async ([file]) => {
      const lines = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
      const trace = await readBytes(Uint8Array.from(readFileSync(file)));
      assert.deepEqual(trace.counts, {
        read: lines.length,
        kept: lines.length,
        repaired: 0,
        dropped: 0,
        clipped: 0,
      });
      assert.equal(lines.length, 287);
      const shown = lines.filter(
        ({ recordType }) => recordType === 'event' || recordType === 'cuptiActivity',
      );
      assert.equal(trace.spans.length, shown.length);
      const parts = splitRanks(trace);
      const launches = new Map(
        lines
          .filter(({ type }) => type === 'ncclProfileKernelLaunch')
          .map((line) => [line.extCorrId, line.rank]),
      );
      const expected = lines
        .filter(({ type }) => type === 'KERNEL')
        .map(({ extCorrId, duration }) => [launches.get(extCorrId), Math.round(duration * 1000)]);
      assert.deepEqual(
        parts.map((part) => [
          part.meta.rank,
          viewSpans(part).find(({ name }) => name.startsWith('ncclDevKernel'))?.duration,
        ]),
        expected.sort((a, b) => Number(a[0]) - Number(b[0])),
      );
      assert.equal(analyzeRun(runOf(trace)).matches.length, 1);
    },
  );
});

interface Line {
  readonly recordType?: string;
  readonly type?: string;
  readonly rank?: number;
  readonly extCorrId?: number;
  readonly duration: number;
}
