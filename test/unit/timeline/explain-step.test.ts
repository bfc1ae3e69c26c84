import assert from 'node:assert/strict';
import type { RankReport } from '../../../src/core/model/report.ts';
import type { Analysis } from '../../../src/core/model/tables.ts';
import { computeOverview } from '../../../src/core/timeline/overview.ts';
import { type RankStory, tellRun } from '../../support/story-runs.ts';

/** Steps of the given lengths, one after the other: the device waits for data, then computes for 50. */
function rankOf(lengths: readonly number[]): RankStory {
  let at = 0;
  const steps = lengths.map((length) => ({ start: at, end: (at += length) }));
  return {
    lanes: [
      { name: 'main', kind: 'thread', spans: [{ name: 'loop', start: 0, duration: at }] },
      { name: 'stream 7', kind: 'stream', spans: [{ name: 'kernel', start: 0, duration: 1 }] },
    ],
    steps,
    gaps: steps.map(({ start, end }, step) => ({ start, end: end - 50, step, cause: 'data' })),
    busy: steps.map(({ end }) => ({ start: end - 50, end, kind: 'compute' as const })),
    hostPhases: steps.map(({ start, end }) => ({ start, end: end - 70, phase: 'data' as const })),
    devicePhases: steps.flatMap(({ end }) => [
      { start: end - 50, end: end - 30, phase: 'forward' as const },
      { start: end - 30, end: end - 5, phase: 'backward' as const },
    ]),
  };
}

/** `waits`: the share of communication of each rank, in percent. */
function tell(lengthsByRank: readonly (readonly number[])[], waits: readonly number[] = []) {
  const analysis = tellRun(lengthsByRank.map(rankOf));
  const timeOf = (lengths: readonly number[]) => {
    const sorted = [...lengths].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
    return { p50Ns: at(0.5), p95Ns: at(0.95), p99Ns: at(0.99), meanNs: 0, count: sorted.length };
  };
  const ranks = lengthsByRank.map((lengths, rank) => ({
    ...analysis.report.ranks[rank],
    stepTime: timeOf(lengths),
    phases: [{ phase: 'communication', sharePercent: waits[rank] ?? 0 }],
  })) as unknown as RankReport[];
  const stepTime = timeOf(lengthsByRank.flat());
  return { ...analysis, report: { ...analysis.report, ranks, stepTime } } as Analysis;
}

function slowOf(analysis: Analysis): readonly [rank: number, step: number] | null {
  const { slowStep } = computeOverview(analysis);
  return slowStep === null ? null : [slowStep.rank, slowStep.step];
}

describe('the slow step that is explained', () => {
  const usual = [100, 101, 99, 100, 100];

  it('is the one nearest to p95 of the rank where that is highest', () => {
    assert.deepEqual(slowOf(tell([usual, [100, 100, 180, 250, 99]])), [1, 3]);
  });

  it('is of the rank that waits least for others, where ranks are as slow', () => {
    const slow = [100, 100, 180, 250, 99];
    assert.deepEqual(slowOf(tell([usual, slow, slow], [0, 40, 10])), [2, 3]);
    assert.deepEqual(slowOf(tell([slow, slow], [3, 0])), [0, 3], 'that of the typical step');
  });

  it('is left out where steps hardly differ, or are too few to tell', () => {
    assert.equal(slowOf(tell([[100, 101, 99, 108, 100]])), null);
    assert.equal(slowOf(tell([[100, 250]])), null);
  });
});

describe('what a step is made of', () => {
  it('is what the device does at each of its instants, and sums to the step', () => {
    const analysis = tell([[100, 101, 99, 100, 230]]);
    const { typicalStep, slowStep } = computeOverview(analysis);
    for (const step of [typicalStep, slowStep]) {
      assert.ok(step);
      const { gaps, devicePhases } = analysis.ranks[0];
      const counted = { gap: 0, forward: 0, backward: 0, none: 0 };
      for (let at = step.startNs + 0.5; at < step.startNs + step.durationNs; at++) {
        const within = ({ start, end }: { start: Float64Array; end: Float64Array }) =>
          start.findIndex((from, i) => from <= at && end[i] > at);
        const phase = within(devicePhases);
        counted[
          within(gaps) >= 0 ? 'gap' : phase < 0 ? 'none' : phase % 2 === 0 ? 'forward' : 'backward'
        ]++;
      }
      const told = Object.fromEntries(
        step.slices.map(({ phase, cause, durationNs }) => [
          cause === null ? phase : 'gap',
          durationNs,
        ]),
      );
      assert.deepEqual(told, counted);
      const sum = step.slices.reduce((total, { durationNs }) => total + durationNs, 0);
      assert.equal(sum, step.durationNs);
    }
  });

  it('is what the host does where there is no device', () => {
    const analysis = tell([[100, 101, 99, 100, 100]]);
    const { busy } = analysis.ranks[0];
    const hostOnly = {
      ...analysis,
      ranks: [{ ...analysis.ranks[0], busy: { ...busy, length: 0 } }],
    };
    assert.deepEqual(computeOverview(hostOnly).typicalStep?.slices, [
      { phase: 'none', cause: null, durationNs: 70 },
      { phase: 'data', cause: null, durationNs: 30 },
    ]);
  });
});
