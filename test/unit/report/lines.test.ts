import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

const report = (run: Run): Report => analyzeRun(run).report;

describe('the cost of lines', () => {
  it('counts a function inside itself once, and none that is around the loop', () => {
    const frame = (name: string, start: number, duration: number): SpanSpec => ({
      lane: 'main',
      name,
      category: 'python',
      start: start * 1e6,
      duration: duration * 1e6,
    });
    const specs = [0, 10].flatMap((at): SpanSpec[] => [
      {
        lane: 'main',
        name: `ProfilerStep#${at / 10}`,
        category: 'annotation',
        start: at * 1e6,
        duration: 10e6,
      },
      frame('tree.py(7): walk', at + 1, 6),
      frame('tree.py(7): walk', at + 2, 4),
      frame('tree.py(7): walk', at + 3, 2),
      frame('torch/x.py(1): f', at + 1.5, 1),
    ]);
    const all = report({
      name: 'x',
      ranks: [
        { rank: 0, file: 'x', trace: buildTrace([...specs, frame('train.py(1): main', 0, 20)]) },
      ],
    }).lines;
    const lines = all.filter(({ location }) => location?.call === undefined);
    assert.deepEqual(
      lines.map(({ name, perStep }) => [name, perStep.p50Ns, perStep.count]),
      [['walk', 6e6, 2]],
    );
    assert.deepEqual(lines[0].location, {
      file: 'tree.py',
      line: 7,
      how: 'stack',
      function: 'walk',
      isFunction: true,
    });
    assert.ok(Math.abs(lines[0].sharePercent - 60) < 1e-9);
    assert.deepEqual(
      all
        .filter(({ location }) => location?.call !== undefined)
        .map(({ name, location, perStep }) => [location?.function, name, perStep.p50Ns]),
      [
        ['main', 'walk', 6e6],
        ['walk', 'walk', 4e6],
        ['walk', 'f', 1e6],
      ],
    );
  });

  it('names annotations that have no line yet, by rank', () => {
    const { lines } = report(
      drawRun(['main      W-F-------', 'main      W---F-----'], { steps: 10 }),
    );
    const line = lines.find(({ name }) => name === 'save checkpoint');
    assert.equal(line?.phase, 'checkpoint');
    assert.equal(line.location, null);
    assert.deepEqual(
      line.byRank.map(({ rank, p50Ns }) => [rank, p50Ns]),
      [
        [0, 2e6],
        [1, 4e6],
      ],
    );
  });

  it('gives the costliest two hundred', () => {
    const specs = Array.from({ length: 300 }, (_, i): SpanSpec => ({
      lane: 'main',
      name: `part ${i}`,
      category: 'annotation',
      start: i * 1000,
      duration: 100 + i,
    }));
    const { lines } = report({
      name: 'x',
      ranks: [{ rank: 0, file: 'x', trace: buildTrace(specs) }],
    });
    assert.equal(lines.length, 200);
    assert.equal(lines[0].name, 'part 299');
  });
});
