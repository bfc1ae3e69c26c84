import assert from 'node:assert/strict';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { findSpans } from '../../../src/core/timeline/find-spans.ts';
import { computeOverview } from '../../../src/core/timeline/overview.ts';
import { parseQuery } from '../../../src/core/timeline/search-query.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('the lanes of the overview', () => {
  it('name the library of a stream that mostly runs collectives', () => {
    const kernels = (...names: string[]) =>
      names.map((name, i) => ({ name, start: i * 10, duration: 5 }));
    const reduce = 'ncclDevKernel_AllReduce_Sum_f32_RING_LL';
    const analysis = tellRun([
      {
        lanes: [
          { name: 'stream 7', kind: 'stream', spans: kernels('gemm', 'gemm', reduce) },
          { name: 'stream 20', kind: 'stream', spans: kernels(reduce, reduce, 'fill') },
          { name: 'watchdog', kind: 'logical', spans: kernels('nccl:all_reduce') },
        ],
      },
    ]);
    assert.deepEqual(
      computeOverview(analysis).ranks[0].lanes.map(({ name }) => name),
      ['stream 7', 'stream 20 · nccl', 'watchdog'],
    );
    assert.equal(
      describeSelection(analysis, { kind: 'span', rank: 0, index: 4 })?.lane,
      'stream 20 · nccl',
      'as the details say it, for the page finds its track by this name',
    );
    assert.equal(findSpans(analysis, parseQuery('lane:nccl')).total, 3);
  });
});
