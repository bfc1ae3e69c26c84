import assert from 'node:assert/strict';
import { areAllBusy, sayWhichWorkers } from '../../../src/core/derived/loader-workers.ts';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { plantTrouble } from '../../../src/simulator/planting/plant-trouble.ts';
import { simulate } from '../../../src/simulator/simulate.ts';
import { HEALTHY_RUN } from '../../../src/simulator/simulation-config.ts';
import { readSimulated } from '../../support/simulated-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const workers = (...shares: number[]) =>
  shares.map((busyShare, i) => ({ name: `worker ${i}`, busyShare }));

describe('the workers of a loader', () => {
  it('are too slow together where all of them are busy', () => {
    assert.equal(areAllBusy(workers(0.9, 0.95, 0.86)), true);
    assert.equal(
      sayWhichWorkers(workers(0.9, 0.94, 0.86)),
      'All 3 workers are too slow together: they prepare batches 90 % of the time.',
    );
    assert.equal(
      sayWhichWorkers(workers(0.98)),
      'The only worker prepares batches 98 % of the time.',
    );
  });

  it('have a slow one among them where the others have time left', () => {
    assert.equal(areAllBusy(workers(0.3, 0.98, 0.5)), false);
    assert.equal(
      sayWhichWorkers(workers(0.3, 0.98, 0.5)),
      'Worker 1 is the slow one: busy 98 % of the time, the others 40 %.',
    );
  });

  it('tell nothing where none is busy, where it is not clear, or where they are not recorded', () => {
    assert.equal(sayWhichWorkers(workers(0.3, 0.5)), null);
    assert.equal(sayWhichWorkers(workers(0.95, 0.8, 0.6)), null);
    assert.equal(sayWhichWorkers([]), null);
    assert.equal(areAllBusy([]), false);
  });

  it('are as busy as the simulator made them', async () => {
    const healthy = {
      ...HEALTHY_RUN,
      steps: 30,
      recording: { ...HEALTHY_RUN.recording, format: 'spans' as const },
    };
    const slow = plantTrouble(healthy, 'slow-augment', 0.5, seededRandom(1));
    for (const [config, isBusy] of [
      [healthy, false],
      [slow, true],
    ] as const) {
      const run = await readSimulated(simulate(config, 5));
      const { loaderWorkers } = deriveRank(run.ranks[0]);
      assert.equal(loaderWorkers.length, config.loader.workers);
      assert.equal(areAllBusy(loaderWorkers), isBusy);
    }
  });
});
