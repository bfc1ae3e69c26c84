import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readTrace, recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { counterOf, countsOf, partsOf, stepsOf } from '../../support/view-log.ts';

/** Lines of a file that an expression matches, counted without the reader. */
function countLines(file: string, expression: RegExp): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => expression.test(line)).length;
}

async function read(file: string): Promise<Trace> {
  return await readTrace(await openFile(file), { signal: new AbortController().signal });
}

describe('real logs', () => {
  itWithShared(
    'counts the lines of Megatron-DeepSpeed',
    ['logs/megatron-deepspeed.log'],
    async ([file]) => {
      const trace = await read(file);
      const iterations = countLines(file, /elapsed time per iteration/);
      const others = countLines(file, /global_step=/);
      assert.deepEqual([iterations, others], [5, 3]);
      assert.deepEqual(countsOf(trace), [8, 8, 0]);
      assert.deepEqual(
        stepsOf(trace).map(([, , seconds]) => seconds),
        [76.0153, 75.254, 75.2496, 75.1824, 74.4949],
      );
      assert.equal(counterOf(trace, 'MaxMemAllocated').length, 3);
    },
  );

  itWithShared(
    'counts the lines and timers of Megatron',
    ['logs/megatron-perf-n16.out'],
    async ([file]) => {
      const trace = await read(file);
      assert.equal(countLines(file, /elapsed time per iteration|forward-compute/), 6);
      assert.deepEqual(countsOf(trace), [6, 6, 0]);
      assert.deepEqual(
        stepsOf(trace).map(([, , seconds]) => seconds),
        [155.4838, 129.0288, 128.8915],
      );
      const parts = partsOf(trace).filter(([name]) => name !== 'batch-generator');
      const sum = parts.reduce((total, [, , , ms]) => total + ms, 0);
      assert.equal(parts.length, 24);
      // The timers of its three lines, but those within others, added up by a script.
      assert.ok(Math.abs(sum - 413_300.14) < 0.01, String(sum));
    },
  );

  itWithShared('reads torchtitan', ['logs/torchtitan-run.log'], async ([file]) => {
    const trace = await read(file);
    assert.equal(countLines(file, /step: /), 2);
    assert.deepEqual(countsOf(trace), [2, 2, 0]);
    assert.equal(trace.meta.rank, 0);
    // 19:31:15.551 to 19:31:29.955, and to 19:31:48.420 over nine steps.
    assert.deepEqual(stepsOf(trace), [
      [1, 0, 14.404],
      [10, 30.817_333_333, 2.051_666_667],
    ]);
  });

  itWithShared('reads DLRover', ['logs/dlrover-events_0.log'], async ([file]) => {
    const trace = await read(file);
    assert.equal(countLines(file, /\[(BEGIN|END|INSTANT)\]/), 11);
    assert.deepEqual(countsOf(trace), [11, 11, 0]);
    assert.deepEqual(
      stepsOf(trace).map(([step, , seconds]) => [step, seconds]),
      [
        [177_019, 1346.521787],
        [177_020, 20.519226],
        [177_021, 15.678603],
      ],
    );
  });

  const RESULTS = [0, 1, 2].map((i) => `logs/mlperf-ssd/result_${i}.txt`);
  itWithShared('reads MLPerf, three runs and not three ranks', RESULTS, async (files) => {
    const names = new Set<string | null>();
    for (const file of files) {
      const trace = await read(file);
      assert.equal(countLines(file, /^:::MLLOG/), 273);
      assert.deepEqual(countsOf(trace), [273, 273, 0]);
      assert.equal(stepsOf(trace).length, countLines(file, /"epoch_stop"/));
      assert.equal(counterOf(trace, 'eval_accuracy').length, countLines(file, /"eval_accuracy"/));
      const head = { bytes: new Uint8Array(readFileSync(file)), isWhole: true };
      const identity = recognizeFormat(head)?.format.identify(head);
      assert.equal(identity?.rank, 0);
      names.add(identity.runName);
    }
    assert.equal(names.size, 3);
  });

  itWithShared(
    'takes samples of a monitor for no log',
    ['logs/superbench-monitor.jsonl'],
    async ([file]) => {
      assert.equal((await read(file)).meta.format, 'metrics');
    },
  );
});
