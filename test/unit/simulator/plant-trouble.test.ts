import assert from 'node:assert/strict';
import { plantTrouble } from '../../../src/simulator/planting/plant-trouble.ts';
import { eventsOf, simulate } from '../../../src/simulator/simulate.ts';
import type { SimulatedRun } from '../../../src/simulator/simulated-run.ts';
import { TROUBLE_KINDS, type TroubleKind } from '../../../src/simulator/trouble.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { configOf } from '../../support/simulated-run.ts';

const SEVERITY = 0.4;
const SMALL = configOf({ ranks: 2, steps: 30, model: { layers: 4 }, loader: { batchNs: 20e6 } });

function plant(kind: TroubleKind, seed: number): SimulatedRun {
  return simulate(plantTrouble(SMALL, kind, SEVERITY, seededRandom(seed)), seed);
}

function count(run: SimulatedRun, rank: number, pattern: RegExp): number {
  return [...eventsOf(run, rank)]
    .filter(({ step }) => step >= 0)
    .flatMap(({ host, device }) => [...host, ...device])
    .filter(({ name }) => pattern.test(name)).length;
}

describe('a planted trouble', () => {
  for (const kind of TROUBLE_KINDS) {
    it(`makes the mean step longer by the share asked for: ${kind}`, () => {
      for (const seed of [1, 2, 3]) {
        const { truth } = plant(kind, seed);
        assert.equal(truth.troubles[0].kind, kind);
        const share = truth.troubles[0].savingNs.mean / truth.healthyStepTime.meanNs;
        // Random batches come as they come, and a period does not divide the steps.
        const [least, most] = kind === 'late-batches' ? [0.05, 1] : [0.25, 0.6];
        assert.ok(share > least && share < most, `${share} with seed ${seed}`);
      }
    });
  }

  it('shows in the events as what it is', () => {
    const steps = SMALL.steps;
    assert.equal(count(plant('single-worker', 1), 0, /^enumerate.*_SingleProcess/), steps * 1);
    assert.equal(count(plant('pageable-copy', 1), 0, /^Memcpy HtoD \(Pageable/), steps * 2);
    assert.ok(count(plant('full-precision', 1), 0, /^ampere_sgemm/) > steps * 4);
    assert.equal(count(plant('full-precision', 1), 0, /s16816gemm/), 0);
    const churn = plant('allocator-churn', 1);
    assert.equal(count(churn, 0, /^cudaMalloc$/), count(churn, 0, /^cudaFree$/));
    assert.ok(count(churn, 0, /^cudaFree$/) >= steps);
    const saved = plant('checkpoint', 1);
    assert.equal(count(saved, 0, /^checkpoint$/) / 2, saved.truth.troubles[0].steps!.length);
    assert.equal(count(saved, 1, /^checkpoint$/), 0);
    assert.deepEqual(saved.truth.troubles[0].ranks, [0]);
    const reduced = plant('sync-every-microbatch', 1);
    const { microBatches, communication } = reduced.config;
    assert.equal(count(reduced, 1, /^ncclDevKernel/), steps * microBatches * communication.buckets);
  });

  it('reduces after the backward pass where that is the trouble', () => {
    const run = plant('comm-not-overlapped', 1);
    for (const { host } of eventsOf(run, 0)) {
      const reductions = host.filter(({ name }) => name === 'nccl:all_reduce');
      const backward = host.find(({ name }) => name === 'backward');
      assert.ok(reductions.every(({ start }) => start >= backward!.end));
    }
  });

  it('is told of where the files can', () => {
    const told = (kind: TroubleKind, recording: object): boolean => {
      const config = { ...SMALL, recording: { ...SMALL.recording, ...recording } };
      const planted = plantTrouble(config, kind, SEVERITY, seededRandom(1));
      return simulate(planted, 1).truth.troubles[0].isTold;
    };
    assert.equal(told('item-sync', {}), true);
    assert.equal(told('item-sync', { format: 'spans' }), false);
    assert.equal(told('checkpoint', { format: 'spans' }), true);
    assert.equal(told('gc-pause', { annotations: false }), false);
    assert.equal(told('gc-pause', { annotations: false, stacks: true }), true);
  });

  it('is refused where the run cannot have it', () => {
    const alone = configOf({ ranks: 1 });
    const random = seededRandom(1);
    assert.throws(() => plantTrouble(alone, 'straggler', 0.3, random), /needs at least 2 ranks/);
    assert.throws(() => plantTrouble(alone, 'logging', 0, random), /severity of logging must be/);
  });
});
