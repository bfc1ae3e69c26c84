import assert from 'node:assert/strict';
import { queryOfLine, queryOfPhases, queryOfPlace } from '../../../src/core/hints/line-query.ts';
import { findSpans } from '../../../src/core/timeline/find-spans.ts';
import { parseQuery } from '../../../src/core/timeline/search-query.ts';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { lineCost } from '../../support/line-cost.ts';

const STEPS = 4;

/** Two spans of one line in each step, one on another line, a function inside itself, an annotation without a line. */
function specs(): SpanSpec[] {
  return Array.from({ length: STEPS }, (_, step) => {
    const at = step * 1000;
    const recorded = (name: string, line: number, start: number): SpanSpec => ({
      ...{ lane: 'main', category: 'recorded', name, file: '/workspace/src/train.py', line },
      ...{ start: at + start, duration: 50 },
    });
    const frame = (name: string, start: number, duration: number): SpanSpec => ({
      ...{ lane: 'main', name, category: 'python', start: at + start, duration },
    });
    return [
      {
        lane: 'main',
        name: `ProfilerStep#${step}`,
        category: 'annotation',
        start: at,
        duration: 1000,
      } as const,
      recorded('forward', 61, 100),
      recorded('forward', 61, 200),
      recorded('forward', 611, 300),
      frame('tree.py(7): walk', 400, 100),
      frame('tree.py(7): walk', 410, 80),
      frame('other_tree.py(7): climb', 600, 100),
      {
        lane: 'main',
        name: 'say "hi"',
        category: 'annotation',
        start: at + 800,
        duration: 10,
      } as const,
    ];
  }).flat();
}

describe('the spans of a line', () => {
  const run = {
    name: 'x',
    ranks: [0, 1].map((rank) => ({ rank, file: `${rank}`, trace: buildTrace(specs()) })),
  };
  const analysis = analyzeRun(run);
  const count = (query: string): number => findSpans(analysis, parseQuery(query)).total;

  it('are those of its file and number, of all steps and ranks', () => {
    assert.equal(count('line:train.py:61'), 2 * STEPS * 2);
    assert.equal(count('line:src/train.py:61'), 2 * STEPS * 2);
    assert.equal(count('line:rain.py:61'), 0, 'a part of a name is another file');
    assert.equal(count('line:tree.py:7'), 2 * STEPS * 2);
    assert.equal(count('line:train.py:61 line:train.py:611 rank:1'), 3 * STEPS);
    assert.equal(count('line:train.py:61 backward'), 0);
  });

  it('are counted, and their times summed', () => {
    const { totalNs, byRank } = findSpans(analysis, parseQuery('line:train.py:61'));
    assert.equal(totalNs, 2 * STEPS * 2 * 50);
    assert.deepEqual(byRank, [
      { rank: 0, count: 2 * STEPS },
      { rank: 1, count: 2 * STEPS },
    ]);
  });

  it('are found from the costs that a report has of it', () => {
    for (const { name, spans } of [
      { name: 'forward', spans: 2 * STEPS * 2 },
      { name: 'walk', spans: 2 * STEPS * 2 },
      { name: 'say "hi"', spans: STEPS * 2 },
    ]) {
      const cost = analysis.report.lines.find((line) => line.name === name);
      assert.ok(cost, name);
      assert.equal(count(queryOfLine([cost])), spans, name);
    }
  });

  it('are told apart by the call where a function calls the same thing twice', () => {
    const frames = Array.from({ length: 6 }, (_, step): SpanSpec[] => {
      const at = step * 1000;
      const frame = (name: string, start: number, duration: number): SpanSpec => ({
        ...{ lane: 'main', name, category: 'python', start: at + start, duration },
      });
      return [
        { ...frame(`ProfilerStep#${step}`, 0, 1000), category: 'annotation' },
        frame('train.py(5): step', 10, 900),
        frame('nn.Module: Net_0', 20, 300),
        frame('torch/_tensor.py(570): backward', 330, 100),
        frame('nn.Module: Net_0', 440, 200),
      ];
    }).flat();
    const called = analyzeRun({
      name: 'x',
      ranks: [{ rank: 0, file: 'x', trace: buildTrace(frames) }],
    });
    const nets = called.report.lines.filter(({ name }) => name === 'Net');
    assert.deepEqual(
      nets.map(({ perStep }) => perStep.p50Ns),
      [300, 200],
    );
    const found = nets.map((cost) => findSpans(called, parseQuery(queryOfLine([cost]))));
    assert.deepEqual(
      found.map(({ total, totalNs }) => [total, totalNs]),
      [
        [6, 1800],
        [6, 1200],
      ],
    );
  });

  it('are those of the phases where only these are known', () => {
    assert.equal(
      queryOfPhases([lineCost(), lineCost({ phase: 'backward' }), lineCost()]),
      'phase:forward phase:backward',
    );
  });

  it('are found by the place alone where the report has no costs of it', () => {
    assert.equal(queryOfPlace('C:\\me\\my train.py', 5), 'line:"my train.py:5"');
    assert.equal(count(queryOfPlace('/elsewhere/train.py', 611)), STEPS * 2);
  });

  it('are asked for in no more characters than a query may have', () => {
    const costs = Array.from({ length: 50 }, (_, line) =>
      lineCost({ location: { file: `${'long/'.repeat(20)}x.py`, line, how: 'recorded' } }),
    );
    const query = queryOfLine(costs);
    assert.ok(query.length > 800 && query.length <= 1000, `${query.length}`);
    assert.equal(parseQuery(query).lines.length, query.split(' ').length);
  });
});
