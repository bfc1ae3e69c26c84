import assert from 'node:assert/strict';
import { ranksBehind, RunNews } from '../../../src/core/live/find-news.ts';
import type { Finding } from '../../../src/core/model/report.ts';
import type { StepColumns } from '../../../src/core/model/timeline.ts';

function finding(id: string, fields: Partial<Finding> = {}): Finding {
  return {
    ...{ id, title: id, pattern: 'pipeline-stall', layer: 'data', severity: 'warning' },
    ...{ confidence: 'high', ranks: [0], steps: [], savingPercent: 10, savingNsPerStep: 1 },
    ...{ savingHow: '', threshold: { name: '', value: 0, measured: 0 }, evidence: [] },
    ...{ location: null, annotations: [], why: '', advice: [] },
    ...fields,
  };
}

/** Steps of a second each; rank n has as many as the n-th number says. */
function steps(...counts: readonly number[]): StepColumns {
  const rows = counts.flatMap((count, rank) =>
    Array.from({ length: count }, (_, step) => ({ rank, step })),
  );
  return {
    length: rows.length,
    rank: Int32Array.from(rows, ({ rank }) => rank),
    step: Int32Array.from(rows, ({ step }) => step),
    start: Float64Array.from(rows, ({ step }) => step * 1e9),
    duration: new Float64Array(rows.length).fill(1e9),
    isWarmup: new Uint8Array(rows.length),
  };
}

const EVEN = steps(10, 10);

describe('the news of a run that trains', () => {
  it('are findings that two analyses in a row have, each once', () => {
    const news = new RunNews();
    const ids = (...list: readonly Finding[]) => news.add(list, EVEN).findings.map(({ id }) => id);
    assert.deepEqual(ids(finding('a')), [], 'what was there before is no news');
    assert.deepEqual(ids(finding('a'), finding('b')), [], 'it may go again');
    assert.deepEqual(ids(finding('a'), finding('b')), ['b']);
    assert.deepEqual(ids(finding('b'), finding('c')), []);
    assert.deepEqual(ids(finding('b')), [], 'c went again');
    assert.deepEqual(ids(finding('b'), finding('c')), []);
    assert.deepEqual(ids(finding('a'), finding('b'), finding('c')), ['c']);
    assert.deepEqual(ids(finding('a'), finding('b'), finding('c')), []);
  });

  it('are no remarks, and of ranks another rank is news, another step is not', () => {
    const news = new RunNews();
    const twice = (one: Finding) => {
      news.add([one], EVEN);
      return news.add([one], EVEN).findings.length;
    };
    news.add([], EVEN);
    assert.equal(twice(finding('a', { severity: 'info' })), 0);
    const straggler = (rank: number, step: number) =>
      finding('straggler', { pattern: 'resource-imbalance', ranks: [rank], steps: [step] });
    assert.equal(twice(straggler(3, 10)), 1);
    assert.equal(twice(straggler(3, 20)), 0);
    assert.equal(twice(straggler(5, 20)), 1);
  });

  it('are ranks whose last step is long before that of the others', () => {
    assert.deepEqual(ranksBehind(steps(10, 10, 10)), []);
    assert.deepEqual(ranksBehind(steps(10, 6, 10)), [], 'four steps may be on their way');
    assert.deepEqual(ranksBehind(steps(10, 5, 10)), [{ rank: 1, step: 4, othersStep: 9 }]);
    assert.deepEqual(ranksBehind(steps()), []);
    const news = new RunNews();
    news.add([], EVEN);
    assert.deepEqual(news.add([], steps(20, 10)).ranks, []);
    assert.deepEqual(news.add([], steps(21, 10)).ranks, [{ rank: 1, step: 9, othersStep: 20 }]);
    assert.deepEqual(news.add([], steps(30, 10)).ranks, []);
  });
});
