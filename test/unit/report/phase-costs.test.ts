import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

describe('the cost of phases', () => {
  it('is told where no line is known, as much as the ranks have in each', () => {
    const specs = Array.from({ length: 6 }, (_, i): SpanSpec[] => {
      const at = i * 10e6;
      const span = (
        name: string,
        category: SpanSpec['category'],
        start: number,
        duration: number,
      ): SpanSpec => ({
        lane: 'main',
        name,
        category,
        start: at + start * 1e6,
        duration: duration * 1e6,
      });
      return [
        span(`ProfilerStep#${i}`, 'annotation', 0, 10),
        span('enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__', 'annotation', 0, 3),
        span('Optimizer.step#SGD.step', 'annotation', 7, 2),
      ];
    }).flat();
    const { report } = analyzeRun({
      name: 'x',
      ranks: [{ rank: 0, file: 'x', trace: buildTrace(specs) }],
    });
    const costs = report.phaseCosts ?? [];
    assert.deepEqual(report.lines, []);
    assert.deepEqual(
      costs.map(({ phase, perStep, sharePercent, location }) => [
        phase,
        perStep.p50Ns,
        Math.round(sharePercent),
        location,
      ]),
      [
        ['data', 3e6, 30, null],
        ['optimizer', 2e6, 20, null],
      ],
    );
    for (const { phase, perStep } of costs) {
      const total = report.ranks[0].phases.find((time) => time.phase === phase)?.totalNs;
      assert.equal(perStep.meanNs * perStep.count, total);
    }
  });

  it('is told beside names that the code may not have, and left out where a line is known', () => {
    const named = analyzeRun(drawRun(['main      W-F-------'], { steps: 10 })).report;
    assert.ok(named.lines.length > 0);
    assert.deepEqual(
      named.phaseCosts?.map(({ phase }) => phase),
      ['forward', 'checkpoint'],
    );
    const spans = Array.from({ length: 10 }, (_, step): SpanSpec => {
      const place = step === 3 ? { file: 'train.py', line: 7 } : {};
      const times = { start: step * 10, duration: 8, step };
      return { lane: 'main', name: 'forward', category: 'recorded', ...times, ...place };
    });
    const ranks = [{ rank: 0, file: 'x', trace: buildTrace(spans) }];
    assert.equal(analyzeRun({ name: 'x', ranks }).report.phaseCosts, undefined);
  });
});
