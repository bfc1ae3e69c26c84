import assert from 'node:assert/strict';
import { judgeLine } from '../../../src/core/hints/line-facts.ts';
import { evenSteps, lineCost } from '../../support/line-cost.ts';

const STEP = evenSteps(1000);

function ranks(...times: readonly number[]) {
  return {
    byRank: times.map((p50Ns, rank) => ({ rank, p50Ns, sharePercent: p50Ns / 10 })),
  };
}

describe('what is worth a word beside a line', () => {
  it('is time and share alone where steps and ranks are alike', () => {
    assert.deepEqual(judgeLine(lineCost(ranks(100, 104, 98)), STEP), {
      timeNs: 100,
      rare: null,
      sharePercent: 10,
      tailNs: null,
      rank: null,
      changePercent: null,
    });
  });

  it('has a p95 where rare steps take a fifth and a hundredth of the step longer', () => {
    const tail = (p95Ns: number, p50Ns = 100, count = 100): number | null =>
      judgeLine(lineCost({ perStep: { ...evenSteps(p50Ns, count), p95Ns } }), STEP).tailNs;
    assert.equal(tail(119), null);
    assert.equal(tail(120), 120);
    assert.equal(tail(19, 10), null, 'nine of a thousand are nothing');
    assert.equal(tail(20, 10), 20);
    assert.equal(tail(500, 100, 19), null, 'the p95 of few steps is one of them');
    assert.equal(tail(500, 100, 20), 500);
  });

  it('names the rank that is furthest from the median of the others', () => {
    const spread = (...times: readonly number[]) => judgeLine(lineCost(ranks(...times)), STEP).rank;
    assert.deepEqual(spread(100, 100, 100, 141), { rank: 3, percent: 41 });
    assert.deepEqual(spread(20, 100, 102, 98), { rank: 0, percent: -80 });
    assert.deepEqual(spread(100, 150), { rank: 1, percent: 50 });
    assert.equal(spread(100, 109, 100), null);
    assert.equal(spread(10, 19, 10), null, 'nine of a thousand are nothing');
    assert.equal(spread(100), null);
    assert.equal(spread(0, 0, 300), null, 'there is nothing to take a percentage of');
  });

  it('has a change against the baseline from 5 % on', () => {
    const change = (deltaPercent: number): number | null =>
      judgeLine(lineCost({ baseline: { meanNs: 1, p50Ns: 1, deltaPercent } }), STEP).changePercent;
    assert.equal(change(4.9), null);
    assert.equal(change(5), 5);
    assert.equal(change(-12), -12);
    assert.equal(judgeLine(lineCost({ baseline: null }), STEP).changePercent, null);
  });

  it('tells of a line that runs in few steps what it takes there, and its share of all', () => {
    // A checkpoint of 2,000 ns in ten of a hundred steps, whose mean is 1,200 ns.
    const cost = lineCost({
      perStep: { p50Ns: 0, p95Ns: 2000, p99Ns: 2000, meanNs: 200, count: 100 },
      sharePercent: 0,
      occursIn: 10,
    });
    const facts = judgeLine(cost, { ...STEP, meanNs: 1200 });
    assert.equal(facts.timeNs, 2000);
    assert.deepEqual(facts.rare, { steps: 10, of: 100 });
    assert.ok(Math.abs(facts.sharePercent - 100 / 6) < 1e-9);
    assert.equal(facts.tailNs, null);
  });
});
