import assert from 'node:assert/strict';
import { eventsOf } from '../../../src/simulator/simulate.ts';
import type { DeviceEvent, HostEvent } from '../../../src/simulator/engine/events.ts';
import type { SimulatedRun } from '../../../src/simulator/simulated-run.ts';
import { simulationOf } from '../../support/simulated-run.ts';

function deviceOf(run: SimulatedRun, rank: number): DeviceEvent[] {
  return [...eventsOf(run, rank)].flatMap(({ device }) => device);
}

function hostOf(run: SimulatedRun, rank: number): HostEvent[] {
  return [...eventsOf(run, rank)].flatMap(({ host }) => host);
}

const SMALL = { steps: 8, model: { layers: 3 } } as const;

describe('a simulated run', () => {
  it('is the same for the same seed, and another for another', () => {
    const [first, again, other] = [4, 4, 5].map((seed) =>
      simulationOf({ ...SMALL, ranks: 2 }, seed),
    );
    assert.deepEqual(first, again);
    assert.deepEqual(deviceOf(first, 1), deviceOf(again, 1));
    assert.notDeepEqual(first.stepEnds, other.stepEnds);
  });

  it('takes what its kernels take, where nothing holds the device up', () => {
    const run = simulationOf({ ...SMALL, noise: 0 });
    // 3 layers; matrix kernels 6.8 × 600 µs, pointwise ones 5.2 × 60 µs; backward twice that; loss and optimizer.
    const layersNs = 3 * 3 * (6.8 * 600_000 + 5.2 * 60_000);
    const optimizerNs = ((85e6 * 28) / 2e12) * 1e9;
    const copyNs = (9_633_792 / 24e9) * 1e9;
    const expected = layersNs + optimizerNs + copyNs + 60_000;
    const { p50Ns } = run.truth.stepTime;
    assert.ok(p50Ns > expected, 'the device cannot be faster than its kernels');
    assert.ok(p50Ns < expected * 1.03, `${p50Ns} is far above ${expected}`);
  });

  it('takes what its loader takes, where that is slower', () => {
    const batchNs = 400_000_000;
    const run = simulationOf({ ...SMALL, steps: 41, noise: 0, loader: { batchNs, workers: 2 } });
    assert.ok(Math.abs(run.truth.stepTime.meanNs - batchNs / 2) < batchNs * 0.01);
  });

  it('runs streams first in, first out, and nothing before its launch', () => {
    const run = simulationOf({ ...SMALL, ranks: 2 });
    const launches = new Map(
      hostOf(run, 0)
        .filter(({ kind }) => kind === 'runtime')
        .map((event) => [event.details.correlation, event]),
    );
    const work = deviceOf(run, 0).filter(({ kind }) => kind !== 'annotation');
    assert.ok(work.length > 100);
    for (const stream of ['compute', 'communication'] as const) {
      const inOrder = work.filter((event) => event.stream === stream);
      inOrder.slice(1).forEach(({ start }, i) => assert.ok(start >= inOrder[i].end));
    }
    for (const { correlation, start } of work) {
      assert.ok(start > launches.get(correlation)!.start);
    }
  });

  it('begins a reduction when the last rank is there, and ends it everywhere at once', () => {
    const run = simulationOf({ ...SMALL, ranks: 3 });
    const [ends, starts] = (['end', 'start'] as const).map((edge) =>
      [0, 1, 2].map((rank) =>
        deviceOf(run, rank)
          .filter(({ collective }) => collective !== null)
          .map((event) => event[edge]),
      ),
    );
    assert.equal(ends[0].length, 8 * 4);
    assert.deepEqual(ends[0], ends[1]);
    assert.deepEqual(ends[0], ends[2]);
    ends[0].forEach((end, i) => assert.ok(end > Math.max(...starts.map((of) => of[i]))));
  });

  it('nests the calls of each thread', () => {
    const run = simulationOf({ ...SMALL, loader: { workers: 0 } });
    for (const thread of ['main', 'autograd'] as const) {
      const events = hostOf(run, 0)
        .filter((event) => event.thread === thread)
        .sort((a, b) => a.start - b.start || b.end - a.end);
      const open: HostEvent[] = [];
      for (const event of events) {
        while (open.length > 0 && open.at(-1)!.end <= event.start) {
          open.pop();
        }
        assert.ok(open.length === 0 || open.at(-1)!.end >= event.end, `${event.name} overlaps`);
        open.push(event);
      }
    }
  });

  it('lets no more than 1024 launches wait', () => {
    const run = simulationOf({ ...SMALL, steps: 60, lossReadEvery: 0 });
    const launchedAt = new Map(
      hostOf(run, 0).map((event) => [event.details.correlation ?? 0, event.end]),
    );
    const work = deviceOf(run, 0).filter(({ kind }) => kind !== 'annotation');
    const waits = work.map(({ correlation, start }) => ({
      from: launchedAt.get(correlation) ?? start,
      to: start,
    }));
    const deepest = Math.max(
      ...waits.map(({ from }) => waits.filter((one) => one.from <= from && one.to > from).length),
    );
    assert.ok(deepest <= 1_025 && deepest > 900, `${deepest} launches wait`);
  });

  it('costs what each trouble adds, and nothing where there is none', () => {
    const healthy = simulationOf(SMALL);
    assert.deepEqual(healthy.truth.healthyStepTime, healthy.truth.stepTime);
    assert.deepEqual(healthy.truth.troubles, []);
    const run = simulationOf({
      ...SMALL,
      troubles: [
        { kind: 'full-precision', factor: 2 },
        { kind: 'item-sync', perStep: 3, thinkNs: 1_000_000 },
      ],
    });
    assert.deepEqual(run.truth.healthyStepTime, healthy.truth.stepTime);
    const [precision, items] = run.truth.troubles;
    const onlyItems = simulationOf({
      ...SMALL,
      troubles: [{ kind: 'item-sync', perStep: 3, thinkNs: 1_000_000 }],
    });
    assert.deepEqual(precision.stepTimeWithout, onlyItems.truth.stepTime);
    assert.ok(items.savingNs.p50 > 3_000_000 && items.savingNs.p50 < 4_500_000);
  });

  it('refuses what cannot be', () => {
    assert.throws(() => simulationOf({ ranks: 0 }), /ranks must be a whole number from 1 to 1024/);
    assert.throws(
      () =>
        simulationOf({
          troubles: [{ kind: 'straggler', rank: 1, cause: 'host', extraNs: 1, steps: null }],
        }),
      /rank of a straggler must be a whole number from 0 to 0, not 1/,
    );
  });
});
