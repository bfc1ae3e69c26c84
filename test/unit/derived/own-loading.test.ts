import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

describe('loading by the training process itself', function () {
  this.timeout(30_000);

  for (const format of ['spans', 'kineto'] as const) {
    it(`is not taken from waiting for workers that are too slow together, in ${format} files`, async () => {
      const run = await readSimulated(
        simulationOf({
          steps: 40,
          recording: { format, stacks: true },
          troubles: [{ kind: 'slow-augment', extraNs: 900e6 }],
        }),
      );
      assert.equal(deriveRun(run).ranks[0].tables.ownLoading, null);
      const { findings } = analyzeRun(run).report;
      assert.equal(findings[0].id, 'data-stall');
      assert.ok(findings.every(({ id }) => id !== 'data-single-worker'));
      assert.ok(findings.every(({ why }) => !why.includes('is spent in next(loader)')));
    });

    it(`is told where there are no workers, in ${format} files`, async () => {
      const run = await readSimulated(
        simulationOf({
          steps: 30,
          loader: { workers: 0, batchNs: 60e6 },
          recording: { format, stacks: true },
        }),
      );
      assert.notEqual(deriveRun(run).ranks[0].tables.ownLoading, null);
    });
  }
});
