import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

describe('waiting for a late rank', function () {
  this.timeout(30_000);

  for (const format of ['spans', 'kineto'] as const) {
    it(`costs what the run without it shows, told by ${format} files of GPU runs`, async () => {
      const extraNs = 15e6;
      const simulated = simulationOf({
        ranks: 4,
        steps: 30,
        recording: { format },
        troubles: [{ kind: 'straggler', rank: 2, cause: 'compute', extraNs, steps: null }],
      });
      const [planted] = simulated.truth.troubles;
      const { report } = analyzeRun(await readSimulated(simulated));
      const [finding] = report.findings;
      assert.deepEqual([finding.id, finding.ranks], ['straggler', [2]]);
      const error = Math.abs(finding.savingNsPerStep - planted.savingNs.mean);
      assert.ok(error < 0.1 * planted.savingNs.mean, `${finding.savingNsPerStep} ns`);
    });
  }
});
