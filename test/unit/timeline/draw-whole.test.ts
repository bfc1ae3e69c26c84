import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { drawWhole } from '../../../src/core/timeline/draw-whole.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('the picture of a run before its analysis is done', () => {
  it('comes after the tables and before the detectors, with every rank over all the time', () => {
    const run = drawRun(
      Array.from({ length: 3 }, () => 'main      D-F-B-O-\nstream 7     K-K-K'),
      { steps: 4 },
    );
    const told: string[] = [];
    let picture: ReturnType<typeof drawWhole> | null = null;
    const { startNs, endNs } = analyzeRun(run, {
      onProgress: (stage) => told.push(stage),
      onTables: (tables) => {
        told.push('picture');
        picture = drawWhole(tables);
      },
    });
    assert.equal(told.indexOf('picture'), 3, 'after the three ranks');
    assert.equal(told[4], 'Looking for bottlenecks');
    const { ranks, rectangles, ...rest } = picture!;
    assert.deepEqual([rest.startNs, rest.endNs, ranks], [startNs, endNs, [0, 1, 2]]);
    assert.deepEqual([...new Set(rectangles.row)], [0, 1, 2]);
    assert.ok(rectangles.start[0] < endNs / 4 && rectangles.end.at(-1)! > 0.7 * endNs);
  });
});
