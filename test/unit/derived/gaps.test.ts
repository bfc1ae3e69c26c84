import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { GAP_CAUSES } from '../../../src/core/model/report.ts';
import { drawRun, type DrawOptions } from '../../support/draw-run.ts';

/** The longest gap of a drawing: its cause, its length in ticks, and what is to blame. */
function longestGap(
  drawing: string,
  options: DrawOptions = {},
): { cause: string; ticks: number; culprit: string; coverage: number } {
  const tickNs = options.tickNs ?? 1_000_000;
  const [rank] = drawRun([drawing], options).ranks;
  const { gaps } = deriveRank(rank);
  const lengths = [...gaps.start].map((start, i) => gaps.end[i] - start);
  const gap = lengths.indexOf(Math.max(...lengths));
  const culprit = gaps.culprit[gap];
  return {
    cause: GAP_CAUSES[gaps.cause[gap]],
    ticks: lengths[gap] / tickNs,
    culprit: culprit < 0 ? '' : rank.trace.strings[rank.trace.spans.name[culprit]],
    coverage: gaps.coverage[gap],
  };
}

describe('the cause of a gap', () => {
  it('is data where the loader covers half of the time to the launch', () => {
    const gap = longestGap(`
      main      l D----l--
      stream 7   K-    K--
    `);
    assert.deepEqual([gap.cause, gap.ticks], ['data', 4]);
    assert.match(gap.culprit, /DataLoader/);
  });

  it('is checkpoint where one is written meanwhile', () => {
    assert.equal(
      longestGap(`
      main      l W-----l--
      stream 7   K-     K--
    `).cause,
      'checkpoint',
    );
  });

  it('is sync where a synchronizing call goes on', () => {
    assert.equal(
      longestGap(`
      main      l Y-----l--
      stream 7   K-     K--
    `).cause,
      'sync',
    );
  });

  it('is communication where the rank waits in a collective of the host', () => {
    assert.equal(
      longestGap(`
      main      l G-----l--
      stream 7   K-     K--
    `).cause,
      'communication',
    );
  });

  it('is copy where a copying call goes on', () => {
    const gap = longestGap(`
      main      l m-----l--
      stream 7   K-     MK-
    `);
    assert.equal(gap.cause, 'copy');
  });

  it('is the host where the launch comes after the work before ended', () => {
    const gap = longestGap(`
      main      l       l--
      stream 7   K-     K--
    `);
    assert.deepEqual([gap.cause, gap.culprit], ['host', 'cudaLaunchKernel']);
    assert.equal(gap.coverage, 1);
  });

  it('is the launch where the work was queued and begins within 30 µs', () => {
    assert.equal(
      longestGap('main      ll-------\nstream 7   K-    K-', { tickNs: 5_000 }).cause,
      'launch',
    );
  });

  it('stays unexplained where the work was queued and begins late', () => {
    assert.equal(longestGap('main      ll-------\nstream 7   K-    K-').cause, 'unexplained');
  });

  it('is cut at the steps, and each part keeps the cause', () => {
    const [rank] = drawRun(['main      D--l--\nstream 7     K--'], { steps: 2 }).ranks;
    const { gaps } = deriveRank(rank);
    assert.deepEqual([...gaps.step], [0, 1]);
    assert.deepEqual(
      [...gaps.end].map((end, i) => end - gaps.start[i]),
      [3e6, 3e6],
    );
    assert.deepEqual(
      [...gaps.cause].map((cause) => GAP_CAUSES[cause]),
      ['data', 'data'],
    );
  });
});
