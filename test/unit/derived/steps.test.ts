import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import type { Steps } from '../../../src/core/model/tables.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

describe('steps', () => {
  it("are the profiler's on the host, not their mirror on the device", () => {
    const steps = stepsOf([
      { lane: 'main', name: 'ProfilerStep#3', category: 'annotation', start: 0, duration: 10 },
      { lane: 'main', name: 'ProfilerStep#4', category: 'annotation', start: 10, duration: 12 },
      {
        lane: 'annotations 7',
        name: 'ProfilerStep#3',
        category: 'device-annotation',
        start: 4,
        duration: 10,
      },
      {
        lane: 'annotations 8',
        name: 'ProfilerStep#3',
        category: 'device-annotation',
        start: 5,
        duration: 10,
      },
    ]);
    assert.deepEqual([steps.how, ...steps.number], ['profiler', 3, 4]);
    assert.deepEqual([...steps.end], [10, 22]);
  });

  it('are found where the profiler of 2020 wrote them as operators', () => {
    const steps = stepsOf([
      { lane: 'main', name: 'ProfilerStep#5', category: 'cpu-op', start: 0, duration: 10 },
    ]);
    assert.deepEqual([steps.how, ...steps.number], ['profiler', 5]);
  });

  it('are those that a span file records', () => {
    const steps = stepsOf([
      { lane: 'main', name: 'step', category: 'step', start: 0, duration: 10, step: 7 },
      { lane: 'main', name: 'forward', category: 'recorded', start: 0, duration: 4, step: 7 },
    ]);
    assert.deepEqual([steps.how, steps.length, steps.number[0]], ['recorded', 1, 7]);
  });

  it('are bounded by the spans that carry their number, where no step is recorded', () => {
    const steps = stepsOf([
      { lane: 'main', name: 'forward', category: 'recorded', start: 2, duration: 4, step: 0 },
      { lane: 'main', name: 'backward', category: 'recorded', start: 6, duration: 4, step: 0 },
      { lane: 'main', name: 'forward', category: 'recorded', start: 12, duration: 4, step: 1 },
    ]);
    assert.deepEqual(
      [[...steps.start], [...steps.end]],
      [
        [2, 12],
        [10, 16],
      ],
    );
  });

  it('are the period of the loader, else that of the optimizer', () => {
    const byLoader = drawRun(['main      D--F--B---'], { steps: 5, markSteps: false });
    const byOptimizer = drawRun(['main      F--B--O---'], { steps: 5, markSteps: false });
    for (const [run, count] of [
      [byLoader, 5],
      [byOptimizer, 4],
    ] as const) {
      const { steps } = deriveRank(run.ranks[0]);
      assert.deepEqual([steps.how, steps.length], ['period', count]);
      assert.ok([...steps.start].every((start, i) => steps.end[i] - start === 10e6));
    }
  });

  it('are told by updates of the parameters, although their time varies without measure', async () => {
    const simulated = simulationOf({
      ranks: 1,
      steps: 20,
      lossReadEvery: 10,
      model: { layers: 3 },
      troubles: [{ kind: 'slow-augment', extraNs: 2e9 }],
      recording: { format: 'kineto', annotations: false, stacks: false, profilerSteps: false },
    });
    const { steps } = deriveRank((await readSimulated(simulated)).ranks[0]);
    assert.equal(steps.how, 'period');
    assert.ok(Math.abs(steps.length - 20) <= 1, `${steps.length}`);
  });

  it('are the whole file where nothing repeats', () => {
    const steps = stepsOf([
      { lane: 'main', name: 'a', category: 'cpu-op', start: 5, duration: 4 },
      { lane: 'overhead', name: 'flush', category: 'overhead', start: 900, duration: 4 },
    ]);
    assert.deepEqual([steps.how, steps.start[0], steps.end[0]], ['whole', 5, 9]);
  });

  it('do not overlap', () => {
    const steps = stepsOf([
      { lane: 'main', name: 'ProfilerStep#0', category: 'annotation', start: 0, duration: 15 },
      { lane: 'thread 2', name: 'ProfilerStep#1', category: 'annotation', start: 10, duration: 10 },
    ]);
    assert.deepEqual([...steps.end], [10, 20]);
  });

  it('begin with a warm-up: the first of four or more, and those that take much longer', () => {
    assert.deepEqual(warmupOf([10, 10, 10]), [0, 0, 0]);
    assert.deepEqual(warmupOf([10, 10, 10, 10]), [1, 0, 0, 0]);
    assert.deepEqual(
      warmupOf([90, 40, 30, 10, 11, 10, 9, 10, 10, 10]),
      [1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    );
    assert.deepEqual(warmupOf([90, 11, 10, 10, 10, 10]), [1, 0, 0, 0, 0, 0]);
    assert.deepEqual(warmupOf([10, 2, 10, 10, 10, 10]), [1, 0, 0, 0, 0, 0]);
  });

  it('warm up for five steps, or a tenth of them, at most: the machine was disturbed for longer', () => {
    const slowFirst = (slow: number, all: number): number[] =>
      Array.from({ length: all }, (_, step) => (step < slow ? 60 : 10));
    const countOf = (durations: readonly number[]): number =>
      warmupOf(durations).reduce((sum, isWarmup) => sum + isWarmup, 0);
    assert.equal(countOf(slowFirst(25, 72)), 7);
    assert.equal(countOf(slowFirst(6, 72)), 6);
    assert.equal(countOf(slowFirst(9, 20)), 5);
    assert.equal(countOf(slowFirst(3, 20)), 3);
    assert.equal(countOf(slowFirst(4, 9)), 4);
  });
});

function stepsOf(specs: readonly SpanSpec[]): Steps {
  return deriveRank({ rank: 0, file: 'drawn', trace: buildTrace(specs) }).steps;
}

function warmupOf(durations: readonly number[]): number[] {
  let start = 0;
  const steps = durations.map((duration, i): SpanSpec => {
    start += duration;
    return {
      lane: 'main',
      name: `ProfilerStep#${i}`,
      category: 'annotation',
      start: start - duration,
      duration,
    };
  });
  return [...stepsOf(steps).isWarmup];
}
