import assert from 'node:assert/strict';
import { analyzeRun, summarizeBaseline } from '../../../src/core/analyze.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { reportSchema } from '../../../src/protocol/report-schema.ts';
import { plantTrouble } from '../../../src/simulator/planting/plant-trouble.ts';
import { simulate } from '../../../src/simulator/simulate.ts';
import type { SimulationConfig } from '../../../src/simulator/simulation-config.ts';
import { drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { configOf, readSimulated } from '../../support/simulated-run.ts';

const PAIRS = 50;
const SLOWDOWN = 0.08;
/** Planting others changes what a healthy run of the configuration would be. */
const KINDS = ['full-precision', 'allocator-churn', 'slow-augment'] as const;

describe('the baseline of a report', () => {
  const steps = (length: number, count = 30): Run =>
    drawRun([`main      D---F${'-'.repeat(length)}`], { steps: count });

  it('is null where none is named', () => {
    assert.equal(analyzeRun(steps(50)).report.baseline, null);
  });

  it('says how much faster, which is no finding', () => {
    const { baseline, findings } = analyzeRun(steps(40), {
      baseline: summarizeBaseline(steps(55)),
    }).report;
    // 45 ticks after 60: a quarter less.
    assert.equal(baseline?.standing, 'faster');
    assert.deepEqual(
      [baseline.stepNs, baseline.deltaNs, baseline.deltaPercent],
      [60e6, -15e6, -25],
    );
    assert.match(baseline.text, /^25 % faster than drawn\. The median step takes 45\.0 ms/);
    assert.ok(findings.every(({ id }) => id !== 'regression'));
  });

  it('says what it could be where steps are few', () => {
    const { baseline } = analyzeRun(steps(80, 6), {
      baseline: summarizeBaseline(steps(55)),
    }).report;
    assert.equal(baseline?.standing, 'too-few-steps');
    assert.match(baseline.text, /^It could be 42 % slower than drawn, but 5 analyzed steps/);
  });

  it('says that there is nothing to compare without steps', () => {
    const whole = drawRun(['main      D---F---'], { markSteps: false });
    const { baseline } = analyzeRun(steps(50), { baseline: summarizeBaseline(whole) }).report;
    assert.equal(baseline?.standing, 'no-steps');
    assert.match(baseline.text, /^drawn has no training steps/);
  });

  it('tells why there is none, in the notes of health, which stay well', () => {
    const { health, baseline } = analyzeRun(steps(50, 80), {
      baselineProblem: 'It is gone.',
    }).report;
    assert.equal(baseline, null);
    assert.deepEqual(health.notes, [{ id: 'no-baseline', text: 'It is gone.', count: 1 }]);
    assert.equal(health.level, 'ok');
  });

  it('passes through the protocol', () => {
    const { report } = analyzeRun(steps(50), { baseline: summarizeBaseline(steps(40)) });
    assert.deepEqual(reportSchema.parse(report).baseline, report.baseline);
  });
});

describe(`${PAIRS} pairs of simulated runs`, function () {
  this.timeout(120_000);

  it('of one configuration hardly ever differ, and a slowdown of 8 % is hardly ever missed', async () => {
    const alarms: string[] = [];
    const missed: string[] = [];
    for (let i = 0; i < PAIRS; i++) {
      const config = configAt(i);
      const kind = KINDS[i % KINDS.length];
      const baseline = summarizeBaseline(await readSimulated(simulate(config, 3 * i + 1)));
      const same = analyzeRun(await readSimulated(simulate(config, 3 * i + 2)), { baseline });
      if (same.report.findings.some(({ pattern }) => pattern === 'regression')) {
        alarms.push(`${i}: ${same.report.baseline?.text}`);
      }
      const planted = simulate(plantTrouble(config, kind, SLOWDOWN, seededRandom(i)), 3 * i + 3);
      const slower = analyzeRun(await readSimulated(planted), { baseline });
      if (!slower.report.findings.some(({ id }) => id === 'regression')) {
        missed.push(`${i} (${kind}): ${slower.report.baseline?.text}`);
      }
    }
    assert.ok(alarms.length <= 1, alarms.join('\n'));
    assert.ok(missed.length <= PAIRS - 48, missed.join('\n'));
  });
});

/** Small runs whose loader keeps up, of every shape. */
function configAt(i: number): SimulationConfig {
  return configOf({
    steps: 44 + (i % 3) * 8,
    ranks: i % 10 === 9 ? 2 : 1,
    model: {
      layers: 2,
      kind: i % 3 === 2 ? 'convolutional' : 'transformer',
      matrixKernelNs: 1.2e6,
    },
    loader: { workers: 2 + (i % 3), batchNs: 20e6 },
    noise: 0.5 + (i % 4) / 2,
    recording: { format: i % 7 === 6 ? 'kineto' : 'spans' },
  });
}
