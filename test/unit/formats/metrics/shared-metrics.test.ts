import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assembleRun } from '../../../../src/core/runs/assemble-run.ts';
import { readBytes } from '../../../support/read-bytes.ts';
import { itWithShared } from '../../../support/shared-data.ts';
import { counterOf, stepsOf } from '../../../support/view-log.ts';

const FILE = {
  path: 'metrics',
  format: 'metrics',
  rank: null,
  worldSize: null,
  runName: null,
  sizeBytes: 0,
  modifiedMs: 0,
};
const GROUP = { id: 'metrics', name: 'metrics', folder: '', files: [FILE] };

describe('real metrics', () => {
  itWithShared(
    'counts the scalars of a TensorBoard file',
    ['metrics/events.out.tfevents.1714879883.host.343698.0'],
    async ([file]) => {
      const bytes = readFileSync(file);
      // Each record names its tag once, and the text is nowhere else.
      const count = (tag: string): number => bytes.toString('latin1').split(tag).length - 1;
      const trace = await readBytes(bytes);
      assert.deepEqual(
        ['Loss/train', 'Accuracy/train'].map((tag) => counterOf(trace, tag).length),
        [count('Loss/train'), count('Accuracy/train')],
      );
      assert.deepEqual(
        [count('Loss/train'), trace.counts.kept, trace.counts.dropped],
        [543, 1087, 0],
      );
      // The first value, by hand from the bytes 0x7f to 0x82.
      assert.equal(counterOf(trace, 'Loss/train')[0], bytes.readFloatLE(0x7e));
      assert.equal(trace.meta.originNs! / 1_000_000_000n, 1_714_879_883n);
    },
  );

  itWithShared(
    'gives each rank its values of a scrape',
    ['metrics/xpu_timer_metric_0.prom'],
    async ([file]) => {
      const text = readFileSync(file, 'utf8');
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const trace = await readBytes(readFileSync(file));
      assert.deepEqual([trace.counts.read, trace.counts.kept], [lines.length, lines.length]);
      const run = assembleRun(GROUP, [{ file: FILE, trace }]);
      assert.equal(run.ranks.length, 8);
      for (const { rank, trace: own } of run.ranks) {
        const named = lines.filter((line) => line.includes(`,rank="${rank}"`)).length;
        const unnamed = rank === 0 ? lines.filter((line) => !line.includes('rank=')).length : 0;
        assert.equal(own.counters.length, named + unnamed, `rank ${rank}`);
      }
    },
  );

  itWithShared(
    'reads golden values of Megatron as step times',
    ['metrics/megatron-golden-values.json'],
    async ([file]) => {
      const golden = JSON.parse(readFileSync(file, 'utf8')) as Record<
        string,
        { values: Record<string, number> }
      >;
      const trace = await readBytes(readFileSync(file));
      assert.deepEqual(
        stepsOf(trace).map(([step, , seconds]) => [step, seconds]),
        Object.entries(golden['iteration-time'].values).map(([step, seconds]) => [
          Number(step),
          seconds,
        ]),
      );
      assert.deepEqual(counterOf(trace, 'lm loss'), Object.values(golden['lm loss'].values));
    },
  );

  itWithShared(
    'reads the monitor of superbench',
    ['logs/superbench-monitor.jsonl'],
    async ([file]) => {
      const rows = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, number>);
      const trace = await readBytes(readFileSync(file));
      const keys = Object.keys(rows[0]).filter((key) => key !== 'time');
      assert.equal(trace.counters.length, keys.length * rows.length);
      for (const key of keys) {
        assert.deepEqual(
          counterOf(trace, key),
          rows.map((row) => row[key]),
          key,
        );
      }
      assert.deepEqual([...new Set(trace.counters.time)], [0, 11e9, 22e9, 33e9, 44e9]);
    },
  );

  itWithShared(
    "reads the monitor of SageMaker's debugger, and drops what is corrupt",
    [
      'chrome/smdebug/system-metrics-1591160699.algo-1.json',
      'chrome/smdebug/system-metrics-corrupt.json',
    ],
    async (files) => {
      const [good, bad] = await Promise.all(files.map((file) => readBytes(readFileSync(file))));
      assert.deepEqual([good.counts.kept, good.counts.dropped], [14, 0]);
      assert.deepEqual([bad.counts.kept, bad.counts.dropped], [13, 1]);
      assert.deepEqual(counterOf(good, 'cpu0 CPUUtilization').slice(0, 1), [4.76]);
      assert.equal(good.meta.originNs! / 1_000_000n, 1_591_160_699_457n);
    },
  );
});
