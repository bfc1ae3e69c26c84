import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import { readRun } from '../../support/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { countEvents } from '../../support/xplane-file.ts';

describe('real profiles of JAX', () => {
  itWithShared(
    'a run of JAX on an MI300: every event, its launches and its device time',
    ['xplane/jax-attention.xplane.pb'],
    async ([file]) => {
      const bytes = readFileSync(file);
      const run = await readRun([file]);
      const [{ trace }] = run.ranks;
      assert.deepEqual(trace.counts, {
        read: countEvents(bytes),
        kept: countEvents(bytes),
        repaired: 0,
        dropped: 0,
        clipped: 0,
      });
      assert.equal(countEvents(bytes), 4_380);
      assert.deepEqual(trace.problems, []);
      assert.equal(trace.meta.devices.length, 8);
      const { spans, lanes } = trace;
      const onDevice = [...spans.lane.keys()].filter(
        (row) => lanes[spans.lane[row]].kind === 'stream',
      );
      assert.equal(onDevice.length, 105);
      const calls = new Set(
        [...spans.category.keys()]
          .filter((row) => SPAN_CATEGORIES[spans.category[row]] === 'runtime')
          .map((row) => spans.correlation?.[row]),
      );
      assert.ok(onDevice.every((row) => calls.has(spans.correlation?.[row])));
      const { report } = analyzeRun(run);
      assert.deepEqual(report.failures, []);
      assert.equal(report.verdict.kind, 'host-bound');
    },
  );
});
