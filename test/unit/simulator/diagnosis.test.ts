import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { plantTrouble } from '../../../src/simulator/planting/plant-trouble.ts';
import { simulate } from '../../../src/simulator/simulate.ts';
import type { SimulationConfig } from '../../../src/simulator/simulation-config.ts';
import type { TroubleKind } from '../../../src/simulator/trouble.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { configOf, readSimulated } from '../../support/simulated-run.ts';

const SEED = 5;
const SMALL = { ranks: 2, steps: 30, model: { layers: 4 }, loader: { batchNs: 20e6 } } as const;

async function diagnose(config: SimulationConfig): Promise<Report> {
  return analyzeRun(await readSimulated(simulate(config, SEED))).report;
}

const HEALTHY: Record<string, SimulationConfig> = {
  'a transformer on two GPUs': configOf(SMALL),
  'a convolutional network on one GPU': configOf({
    ...SMALL,
    ranks: 1,
    model: { kind: 'convolutional', layers: 16, parameters: 25.6e6 },
    optimizer: 'SGD',
  }),
  'span files': configOf({ ...SMALL, recording: { format: 'spans' } }),
  'no annotations, no steps': configOf({
    ...SMALL,
    recording: { annotations: false, profilerSteps: false },
  }),
  'clocks that differ': configOf({ ...SMALL, clock: { skewNs: 5e6, driftPpm: 30 } }),
  'micro-batches': configOf({ ...SMALL, microBatches: 4 }),
  'a host that never waits': configOf({ ...SMALL, lossReadEvery: 0 }),
};

const FOUND: readonly TroubleKind[] = [
  'single-worker',
  'pageable-copy',
  'item-sync',
  'comm-exposed',
  'comm-not-overlapped',
  'sync-every-microbatch',
  'logging',
  'validation',
  'gc-pause',
  'allocator-churn',
  'recompile',
];

/** Their savings are bounds: a pinned copy takes time too, and the last bucket hides behind nothing. */
const BOUNDS = new Set<TroubleKind>(['pageable-copy', 'comm-not-overlapped']);

describe('the diagnosis of a simulated run', function () {
  this.timeout(20_000);

  for (const [shape, config] of Object.entries(HEALTHY)) {
    it(`is quiet where it is well: ${shape}`, async () => {
      const { findings } = await diagnose(config);
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== 'info').map(({ title }) => title),
        [],
      );
    });
  }

  for (const kind of FOUND) {
    it(`begins with what was planted: ${kind}`, async () => {
      const config = configOf({ ...SMALL, recording: { stacks: true } });
      const run = simulate(plantTrouble(config, kind, 0.4, seededRandom(SEED)), SEED);
      const { findings } = analyzeRun(await readSimulated(run)).report;
      const [{ detectors, place, savingNs }] = run.truth.troubles;
      const [first] = findings;
      assert.ok(detectors.includes(first.id), `${first.id} comes first`);
      assert.ok([place.line, ...place.alsoRight].includes(first.location?.line ?? 0));
      const error = first.savingNsPerStep / savingNs.mean - 1;
      assert.ok(
        Math.abs(error) < (BOUNDS.has(kind) ? 0.4 : 0.15),
        `the saving is off by ${(error * 100).toFixed(0)} %`,
      );
    });
  }
});
