import assert from 'node:assert/strict';
import { describeArrivals, listPartners } from '../../../webview/details/collective.ts';
import { partnersOf } from '../../../webview/timeline/partners.ts';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { tellRun } from '../../support/story-runs.ts';

/** Rank i comes at `startsMs[i]`; all end at 100 ms. */
function tell(startsMs: readonly number[], isComparable = true) {
  const arrivals = startsMs
    .map((ms, rank) => ({
      rank,
      span: rank + 10,
      startNs: ms * 1e6,
      durationNs: (100 - ms) * 1e6,
    }))
    .sort((a, b) => a.startNs - b.startNs);
  return { arrivals, isComparable };
}

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('a collective in words', () => {
  it('tells who came last, after whom and by how much', () => {
    assert.equal(
      plain(describeArrivals(tell([5, 40, 10]))),
      '3 ranks; rank 1 came last, 30 ms after the one before, 35 ms after the first',
    );
    assert.equal(
      plain(describeArrivals(tell([5, 8]))),
      '2 ranks; rank 1 came last, 3 ms after the other',
    );
  });

  it('lists the others in the order in which they came, against the selected one', () => {
    const { rows, left } = listPartners(tell([5, 40, 10]), 2);
    assert.deepEqual(
      rows.map(({ arrival, text }) => [arrival.rank, plain(text)]),
      [
        [0, 'came 5 ms earlier · first'],
        [1, 'came 30 ms later · last'],
      ],
    );
    assert.equal(left, 0);
  });

  it('lists of many the first and the last, and counts the rest', () => {
    const many = tell(Array.from({ length: 64 }, (_, i) => (i * 37) % 64));
    const { rows, left } = listPartners(many, 0);
    assert.deepEqual(
      rows.map(({ arrival }) => arrival.startNs),
      [1e6, 63e6],
    );
    assert.equal(rows.length + left + 1, 64);
  });

  it('says no more than clocks that differ can tell', () => {
    assert.match(describeArrivals(tell([5, 40], false)), /cannot be told/);
    assert.deepEqual(
      listPartners(tell([5, 40], false), 0).rows.map(({ text }) => plain(text)),
      ['takes 60 ms'],
    );
  });
});

describe('partners of the selection', () => {
  it('are the next rank to come, around at the last, then what it launches', () => {
    const run = tellRun(
      [10, 30, 20].map((start) => ({
        lanes: [
          {
            name: 'main',
            kind: 'thread' as const,
            spans: [{ name: 'launch', start: 1, duration: 1 }],
          },
          {
            name: 'stream 7',
            kind: 'stream' as const,
            spans: [{ name: 'nccl', start, duration: 50 - start, launchedBy: 'launch' }],
          },
        ],
      })),
      null,
      ['nccl'],
    );
    const partners = (rank: number, index: number) =>
      partnersOf(describeSelection(run, { kind: 'span', rank, index })!).map(
        ({ relation, selection }) => [relation, selection.rank, selection.index],
      );
    assert.deepEqual(partners(0, 1), [
      ['Same collective on rank 2', 2, 1],
      ['Launched by', 0, 0],
    ]);
    assert.deepEqual(partners(1, 1)[0], ['Same collective on rank 0', 0, 1]);
    assert.deepEqual(partners(2, 0)[1], ['Launches', 2, 1]);
  });
});
