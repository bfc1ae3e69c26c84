import assert from 'node:assert/strict';
import { listSteps } from '../../../src/core/timeline/list-steps.ts';
import { computeOverview } from '../../../src/core/timeline/overview.ts';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { tellRun } from '../../support/story-runs.ts';

/** Four steps of 100 ns; the loader takes 10, 20, 60 and 30 of them, the first is warm-up. */
function loaderRun() {
  const waits = [10, 20, 60, 30];
  return tellRun(
    [
      {
        offsetNs: 1000,
        lanes: [
          {
            name: 'main',
            kind: 'thread',
            spans: waits.flatMap((wait, i) => [
              { name: 'next', start: i * 100, duration: wait, phase: 'data' as const },
              { name: 'decode', start: i * 100 + 1, duration: 4 },
              { name: 'decode', start: i * 100 + 2, duration: 1 },
              {
                name: `launch${i}`,
                start: i * 100 + wait,
                duration: 2,
                category: 'runtime' as const,
              },
            ]),
          },
          {
            name: 'stream 7',
            kind: 'stream',
            spans: waits.map((wait, i) => ({
              name: `kernel${i}`,
              start: i * 100 + wait,
              duration: 100 - wait,
              category: 'kernel' as const,
              launchedBy: `launch${i}`,
            })),
          },
        ],
        steps: waits.map((_, i) => ({ start: i * 100, end: i * 100 + 100, isWarmup: i === 0 })),
        busy: waits.map((wait, i) => ({
          start: i * 100 + wait,
          end: i * 100 + 100,
          kind: 'compute' as const,
        })),
        hostPhases: waits.map((wait, i) => ({
          start: i * 100,
          end: i * 100 + wait,
          phase: 'data' as const,
        })),
        devicePhases: waits.map((wait, i) => ({
          start: i * 100 + wait,
          end: i * 100 + 100,
          phase: 'other' as const,
        })),
        gaps: waits.map((wait, i) => ({
          start: i * 100,
          end: i * 100 + wait,
          step: i,
          cause: 'data' as const,
          culprit: 'next',
          after: `kernel${i}`,
        })),
      },
    ],
    100,
  );
}

describe('describeSelection', () => {
  it('explains a span: its own time, its share, its place among the analysed steps', () => {
    const details = describeSelection(loaderRun(), { kind: 'span', rank: 0, index: 8 });
    assert.ok(details);
    assert.equal(details.name, 'next');
    assert.equal(details.lane, 'main');
    assert.equal(details.phase, 'data');
    assert.equal(details.startNs, 1200);
    assert.equal(details.durationNs, 60);
    assert.equal(details.selfNs, 56);
    assert.equal(details.step, 2);
    assert.equal(details.stepStartNs, 1200);
    assert.equal(details.stepSharePercent, 60);
    assert.deepEqual(details.perStep?.valuesNs, [20, 60, 30]);
    assert.equal(details.perStep.percentiles.p50Ns, 30);
    assert.equal(details.perStep.rankPercent, 100);
    assert.equal(details.how, 'recorded');
  });

  it('counts spans of the same name within each other once', () => {
    const details = describeSelection(loaderRun(), { kind: 'span', rank: 0, index: 1 });
    assert.deepEqual(details?.perStep?.valuesNs, [4, 4, 4]);
    assert.equal(details.selfNs, 3);
  });

  it('joins a kernel to its launch and back', () => {
    const run = loaderRun();
    const kernel = describeSelection(run, { kind: 'span', rank: 0, index: 17 });
    assert.deepEqual(
      kernel?.related.map(({ relation, name, startNs }) => [relation, name, startNs]),
      [['Launched by', 'launch1', 1120]],
    );
    const launch = describeSelection(run, kernel.related[0].selection!);
    assert.deepEqual(
      launch?.related.map(({ relation, name }) => [relation, name]),
      [['Launches', 'kernel1']],
    );
  });

  it('explains a gap: cause, coverage, what it waits for and what ends it', () => {
    const details = describeSelection(loaderRun(), { kind: 'gap', rank: 0, index: 3 });
    assert.ok(details);
    assert.equal(details.name, 'Device waits for the loader');
    assert.equal(details.cause, 'data');
    assert.equal(details.causeCoveragePercent, 75);
    assert.equal(details.durationNs, 30);
    assert.equal(details.stepSharePercent, 30);
    assert.deepEqual(details.perStep?.valuesNs, [20, 60, 30]);
    assert.ok(Math.abs((details.perStep.rankPercent ?? 0) - 200 / 3) < 1e-9);
    assert.deepEqual(
      details.related.map(({ relation, name }) => [relation, name]),
      [
        ['Waits for', 'next'],
        ['Ends with', 'kernel3'],
        ['which is launched by', 'launch3'],
      ],
    );
    assert.equal(details.source.locations[0]?.line, 1);
  });

  it('sums up all spans of the name, and all gaps of the cause', () => {
    const span = describeSelection(loaderRun(), { kind: 'span', rank: 0, index: 8 });
    assert.equal(span?.all.count, 4);
    assert.equal(span.all.totalNs, 120);
    assert.deepEqual(span.all.percentiles.p50Ns, 25);
    const { leastNs, mostNs, counts } = span.all.durations;
    assert.deepEqual([leastNs, mostNs], [10, 60]);
    const places = [10, 20, 30, 60].map((ns) =>
      Math.min(counts.length - 1, Math.floor((Math.log(ns / 10) / Math.log(6)) * counts.length)),
    );
    assert.deepEqual(
      counts.flatMap((count, bin) => (count > 0 ? [bin] : [])),
      places,
    );
    const gap = describeSelection(loaderRun(), { kind: 'gap', rank: 0, index: 3 });
    assert.deepEqual([gap?.all.count, gap?.all.totalNs], [4, 120]);
  });

  it('tells when a collective began on each rank, in the order of arrival', () => {
    const rank = (offsetNs: number, start: number) => ({
      offsetNs,
      lanes: [
        {
          name: 'main',
          kind: 'thread' as const,
          spans: [{ name: 'launch', start: 1, duration: 1, category: 'runtime' as const }],
        },
        {
          name: 'stream 7',
          kind: 'stream' as const,
          spans: [
            { name: 'nccl', start, duration: 900 - start - offsetNs, launchedBy: 'launch' },
            { name: 'gemm', start: 950, duration: 1 },
          ],
        },
      ],
    });
    const run = tellRun([rank(100, 50), rank(0, 700), rank(0, 20)], null, ['nccl']);
    for (const index of [0, 1]) {
      const details = describeSelection(run, { kind: 'span', rank: 0, index });
      assert.deepEqual(
        details?.collective?.arrivals.map((each) => Object.values(each)),
        [
          [2, 1, 20, 880],
          [0, 1, 150, 750],
          [1, 1, 700, 200],
        ],
        'rank, span, start and duration in run time',
      );
    }
    const other = describeSelection(run, { kind: 'span', rank: 0, index: 2 });
    assert.equal(other?.collective, null);
  });

  it('joins an operator to its node of the backward pass and back', () => {
    const run = tellRun([
      {
        lanes: [
          {
            name: 'main',
            kind: 'thread',
            spans: [
              { name: 'aten::mm', start: 0, duration: 5, autograd: 3 },
              { name: 'MmBackward0', start: 10, duration: 5, autograd: 3 },
            ],
          },
        ],
      },
    ]);
    const relate = (index: number) =>
      describeSelection(run, { kind: 'span', rank: 0, index })?.related.map((each) => [
        each.relation,
        each.name,
      ]);
    assert.deepEqual(relate(0), [['Backward', 'MmBackward0']]);
    assert.deepEqual(relate(1), [['Forward', 'aten::mm']]);
  });

  it('tells what a span runs in, of a kernel what its launch runs in', () => {
    const run = tellRun([
      {
        lanes: [
          {
            name: 'main',
            kind: 'thread',
            spans: [
              { name: 'step', start: 0, duration: 100 },
              { name: 'aten::mm', start: 10, duration: 50 },
              { name: 'launch', start: 20, duration: 5 },
            ],
          },
          {
            name: 'stream 7',
            kind: 'stream',
            spans: [{ name: 'gemm', start: 60, duration: 30, launchedBy: 'launch' }],
          },
        ],
      },
    ]);
    const stack = (index: number) =>
      describeSelection(run, { kind: 'span', rank: 0, index })?.stack.map(({ name, span }) => [
        name,
        span?.selection.index,
        span?.startNs,
      ]);
    assert.deepEqual(stack(2), [
      ['aten::mm', 1, 10],
      ['step', 0, 0],
    ]);
    assert.deepEqual(stack(3), [
      ['launch', 2, 20],
      ['aten::mm', 1, 10],
      ['step', 0, 0],
    ]);
    assert.deepEqual(stack(0), []);
    const { spans, strings } = run.run.ranks[0].trace;
    const recorded = strings.length;
    const trace = {
      ...run.run.ranks[0].trace,
      strings: [...strings, 'train.py(3): f;train.py(9): main'],
      spans: { ...spans, stack: Uint32Array.of(0, 0, recorded, 0) },
    };
    const withFrames = { ...run, run: { ...run.run, ranks: [{ ...run.run.ranks[0], trace }] } };
    const launch = describeSelection(withFrames, { kind: 'span', rank: 0, index: 2 });
    assert.deepEqual(
      launch?.stack.map(({ name, span }) => [name, span === null]),
      [
        ['aten::mm', false],
        ['step', false],
        ['train.py(3): f', true],
        ['train.py(9): main', true],
      ],
    );
  });

  it('has nothing to say of what the run does not have', () => {
    const run = loaderRun();
    assert.equal(describeSelection(run, { kind: 'span', rank: 0, index: 20 }), null);
    assert.equal(describeSelection(run, { kind: 'gap', rank: 0, index: 4 }), null);
    assert.equal(describeSelection(run, { kind: 'gap', rank: 3, index: 0 }), null);
  });
});

describe('computeOverview', () => {
  it('lists ranks, lanes and steps in run time', () => {
    const analysis = loaderRun();
    const overview = computeOverview(analysis);
    assert.deepEqual(
      overview.ranks[0].lanes.map(({ name, depthCount, spanCount }) => [
        name,
        depthCount,
        spanCount,
      ]),
      [
        ['main', 3, 16],
        ['stream 7', 1, 4],
      ],
    );
    const { length, start, duration, isWarmup } = listSteps(analysis);
    assert.equal(length, 4);
    assert.deepEqual([...start], [1000, 1100, 1200, 1300]);
    assert.deepEqual([...duration], [100, 100, 100, 100]);
    assert.deepEqual([...isWarmup], [1, 0, 0, 0]);
  });

  it('explains the typical step: the host above, the device below, idle by cause', () => {
    const { typicalStep } = computeOverview(loaderRun());
    assert.equal(typicalStep?.step, 1);
    assert.equal(typicalStep.startNs, 1100);
    assert.deepEqual(
      typicalStep.host.map(({ label, phase, durationNs }) => [label, phase, durationNs]),
      [['next', 'data', 20]],
    );
    assert.deepEqual(
      typicalStep.device.map(({ label, cause, durationNs }) => [label, cause, durationNs]),
      [
        ['waits for the loader', 'data', 20],
        ['other', null, 80],
      ],
    );
  });
});
