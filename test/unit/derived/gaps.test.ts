import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { GAP_CAUSES } from '../../../src/core/model/report.ts';
import { buildTrace, drawRun, type DrawOptions, type SpanSpec } from '../../support/draw-run.ts';

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

/** The cause of a gap of 7 ms, of which 5 ms belong to an event of the profiler's overhead. */
function longestGapBesideOverhead(name: string): string {
  const kernel = (start: number, correlation: number): SpanSpec[] => [
    {
      lane: 'main',
      name: 'cudaLaunchKernel',
      category: 'runtime',
      start: start - 10_000,
      duration: 5_000,
      correlation,
    },
    { lane: 'stream 7', name: 'gemm', category: 'kernel', start, duration: 1e6, correlation },
  ];
  const trace = buildTrace([
    ...kernel(1e6, 1),
    ...kernel(9e6, 2),
    { lane: 'overhead', name, category: 'overhead', start: 3e6, duration: 5e6 },
  ]);
  const { gaps } = deriveRank({ rank: 0, file: 'rank0.json', trace });
  const lengths = [...gaps.start].map((start, i) => gaps.end[i] - start);
  return GAP_CAUSES[gaps.cause[lengths.indexOf(Math.max(...lengths))]];
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
    assert.equal(longestGap('main      ll\nstream 7   K-    K-').cause, 'unexplained');
  });

  it('is the host where the launching call itself goes on', () => {
    const gap = longestGap(`
      main      ll----
      stream 7  K-    K--
    `);
    assert.deepEqual([gap.cause, gap.culprit], ['host', 'cudaLaunchKernel']);
  });

  it('is copy where a copy was asked for and begins late', () => {
    const gap = longestGap('main      lm\nstream 7   K-    M-');
    assert.deepEqual([gap.cause, gap.culprit], ['copy', 'Memcpy HtoD (Pinned -> Device)']);
  });

  it('is the profiler where its own work covers half of the time to the launch', () => {
    assert.equal(longestGapBesideOverhead('Buffer Flush'), 'profiler');
  });

  it('is no matter of the profiler where the queue of launches is full', () => {
    assert.equal(longestGapBesideOverhead('Command Buffer Full'), 'host');
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
