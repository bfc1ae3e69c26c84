import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import type { Steps } from '../../../src/core/model/tables.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

/** Steps of 2 on the host, each launching one kernel; the device takes 10 for each, one after another. */
function hostAhead(launches: readonly number[], kernelNs: number): Steps {
  let free = 0;
  const specs = launches.flatMap((launch, i): SpanSpec[] => {
    const start = Math.max(launch + 1, free);
    free = start + kernelNs;
    return [
      {
        lane: 'main',
        name: `ProfilerStep#${i}`,
        category: 'annotation',
        start: launch,
        duration: (launches[i + 1] ?? launch + 2) - launch,
      },
      {
        lane: 'main',
        name: 'cudaLaunchKernel',
        category: 'runtime',
        start: launch,
        duration: 1,
        correlation: i + 1,
      },
      {
        lane: 'stream 7',
        name: 'gemm',
        category: 'kernel',
        start,
        duration: kernelNs,
        correlation: i + 1,
      },
    ];
  });
  const trace = buildTrace(specs);
  return deriveRank({ rank: 0, file: 'rank0.json', trace }).steps;
}

describe('steps of a host that runs ahead', () => {
  it('last from the end of the work of one to the end of the work of the next', () => {
    const steps = hostAhead([0, 2, 4, 6, 8, 10], 10);
    assert.deepEqual([...steps.end], [11, 21, 31, 41, 51, 61]);
    assert.deepEqual([...steps.start], [0, 11, 21, 31, 41, 51]);
  });

  it('are alike where the host catches up now and then', () => {
    const steps = hostAhead([0, 2, 4, 6, 42, 44, 46, 48, 84, 86, 88, 90], 10);
    const durations = [...steps.end].map((end, i) => end - (steps.start[i] ?? 0));
    assert.ok(durations.slice(1).every((duration) => duration >= 10 && duration <= 12));
  });

  it('are left as the host marks them where the device keeps up', () => {
    const steps = hostAhead([0, 20, 40, 60, 80], 10);
    assert.deepEqual([...steps.start], [0, 20, 40, 60, 80]);
    assert.deepEqual([...steps.end], [20, 40, 60, 80, 82]);
  });

  it('have the collectives that they wait for, rather than those that the host launches meanwhile', async () => {
    const simulated = simulationOf({
      ranks: 2,
      steps: 24,
      lossReadEvery: 10,
      model: { layers: 3 },
    });
    const { collectives, steps } = deriveRank((await readSimulated(simulated)).ranks[0]);
    assert.equal(steps.followDevice, true);
    const ofStep = [...steps.number].map(
      (number) => collectives.filter(({ step }) => step === number).length,
    );
    assert.ok(ofStep[0] > 0);
    assert.deepEqual(new Set(ofStep), new Set([ofStep[0]]));
  });

  it('are told by their numbers in span files, which know no launches', () => {
    const specs = [0, 1, 2, 3, 4].flatMap((step): SpanSpec[] => [
      { lane: 'steps', name: 'step', category: 'step', start: 2 * step, duration: 2, step },
      {
        lane: 'stream 0',
        name: 'forward',
        category: 'recorded',
        phase: 'forward',
        start: 1 + 10 * step,
        duration: 10,
        step,
      },
    ]);
    const { steps } = deriveRank({ rank: 0, file: 'rank0.jsonl', trace: buildTrace(specs) });
    assert.deepEqual([...steps.start], [0, 11, 21, 31, 41]);
    assert.deepEqual([...steps.end], [11, 21, 31, 41, 51]);
  });
});
