import assert from 'node:assert/strict';
import { PHASES } from '../../../src/core/model/phase.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import { findSpans } from '../../../src/core/timeline/find-spans.ts';
import { BadQuery, parseQuery } from '../../../src/core/timeline/search-query.ts';
import { packFound, unpackFound } from '../../../src/protocol/found-spans.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('a search on the timeline', () => {
  const rank = (offsetNs: number) => ({
    offsetNs,
    lanes: [
      {
        name: 'main',
        kind: 'thread' as const,
        spans: [
          { name: 'forward', start: 100, duration: 500, phase: 'forward' as const },
          { name: 'aten::conv2d', start: 120, duration: 50, category: 'cpu-op' as const },
          { name: 'aten::Conv3d', start: 300, duration: 20, category: 'cpu-op' as const },
        ],
      },
      {
        name: 'stream 7',
        kind: 'stream' as const,
        spans: [{ name: 'conv_kernel', start: 400, duration: 3000, category: 'kernel' as const }],
      },
    ],
  });
  const analysis = tellRun([rank(0), rank(5)]);
  const names = (query: string) => {
    const { spans } = findSpans(analysis, parseQuery(query));
    return Array.from({ length: spans.length }, (_, i) => {
      const { strings, spans: columns } = analysis.run.ranks[spans.rank[i]].trace;
      return `${spans.rank[i]} ${strings[columns.name[spans.span[i]]]}`;
    });
  };

  it('finds parts of names whatever their case, in time order over the ranks', () => {
    assert.deepEqual(names('CONV'), [
      '0 aten::conv2d',
      '1 aten::conv2d',
      '0 aten::Conv3d',
      '1 aten::Conv3d',
      '0 conv_kernel',
      '1 conv_kernel',
    ]);
    assert.deepEqual(names('conv aten 2d'), ['0 aten::conv2d', '1 aten::conv2d']);
    assert.deepEqual(names('nothing'), []);
  });

  it('filters by category, duration, rank, phase and lane', () => {
    assert.deepEqual(names('cat:kernel rank:1'), ['1 conv_kernel']);
    assert.deepEqual(names('dur>1us'), ['0 conv_kernel', '1 conv_kernel']);
    assert.deepEqual(names('dur>20ns dur<0.06us rank:0-0'), ['0 aten::conv2d']);
    assert.deepEqual(names('phase:forward rank:0'), [
      '0 forward',
      '0 aten::conv2d',
      '0 aten::Conv3d',
    ]);
    assert.deepEqual(names('lane:"stream 7" rank:0,1'), ['0 conv_kernel', '1 conv_kernel']);
  });

  it('reads what looks like a filter but is a name as a name', () => {
    assert.deepEqual(parseQuery('aten::conv2d').words, ['aten::conv2d']);
    assert.deepEqual(parseQuery('train.py(12):').words, ['train.py(12):']);
    assert.deepEqual(
      [...parseQuery('cat:mem').categories!].map((i) => SPAN_CATEGORIES[i]),
      ['memcpy', 'memset'],
    );
    assert.deepEqual(
      [...parseQuery('phase:forw').phases!].map((i) => PHASES[i]),
      ['forward'],
    );
  });

  it('says what cannot be read', () => {
    for (const query of [
      'dur>5',
      'dur>fast',
      'cat:nonsense',
      'phase:x',
      'rank:a',
      'rank:0-99999',
    ]) {
      assert.throws(() => parseQuery(query), BadQuery, query);
    }
  });

  it('counts all, and lists the longest where there are too many', () => {
    const spans = Array.from({ length: 1000 }, (_, i) => ({
      name: 'k',
      start: i * 1000,
      duration: i % 10 === 0 ? 900 : 10,
    }));
    const many = tellRun([{ lanes: [{ name: 'main', kind: 'thread', spans }] }]);
    const { total, byRank, spans: listed } = findSpans(many, parseQuery('k'), 250);
    assert.deepEqual([total, byRank], [1000, [{ rank: 0, count: 1000 }]]);
    assert.equal(listed.length, 100);
    assert.ok(listed.duration.every((duration) => duration === 900));
    assert.deepEqual(unpackFound(packFound(listed)), listed);
  });
});
