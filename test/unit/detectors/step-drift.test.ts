import assert from 'node:assert/strict';
import { stepDrift } from '../../../src/core/detectors/step-drift.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describeDetector(stepDrift, {
  finds: [
    {
      name: 'steps that grow, and the phase that grows',
      run: () => growing(80, (step) => 100 + Math.floor(step / 4)),
      check: (finding) => {
        // From 100 to about 119 ticks of forward, beside 20 of others: 16 %.
        assert.ok(Math.abs(finding.threshold.measured - 16) < 1, `${finding.threshold.measured}`);
        assert.ok(Math.abs(finding.savingNsPerStep - 9.8e6) < 0.5e6);
        assert.match(
          finding.why,
          /^Over 79 steps .* 1 in 1,000\. Most of it is in the phase forward \(forward\)\.$/,
        );
        assert.equal(finding.severity, 'warning');
        assert.equal(finding.evidence.length, 24);
        assert.equal(finding.evidence[23].step, 79);
      },
    },
    {
      name: 'steps that grow although some are far longer',
      run: () => growing(120, (step) => 100 + Math.floor(step / 10) + (step % 9 === 2 ? 80 : 0)),
      check: ({ severity, threshold }) => {
        assert.equal(severity, 'info');
        assert.ok(Math.abs(threshold.measured - 9.6) < 0.6, `${threshold.measured}`);
      },
    },
  ],
  staysQuiet: [
    { name: 'steps that only vary', run: () => noise(100, 40) },
    {
      name: 'a trend of no weight',
      run: () => growing(100, (step) => 100 + Math.floor(step / 25)),
    },
    { name: 'few steps', run: () => growing(40, (step) => 100 + step) },
    {
      name: 'steps that become shorter',
      run: () => growing(80, (step) => 140 - Math.floor(step / 4)),
    },
    {
      name: 'a slow beginning',
      run: () => growing(100, (step) => (step < 12 ? 160 - 5 * step : 100)),
    },
  ],
});

function growing(steps: number, lengthOf: (step: number) => number): Run {
  return drawRun(
    [(step) => `main      D${'-'.repeat(9)}F${'-'.repeat(lengthOf(step) - 1)}O${'-'.repeat(9)}`],
    { steps },
  );
}

function noise(steps: number, width: number): Run {
  const random = seededRandom(2);
  const lengths = Array.from({ length: steps }, () => 100 + Math.floor(width * random()));
  return growing(steps, (step) => lengths[step]);
}
