import assert from 'node:assert/strict';
import { analyzeRun, summarizeBaseline } from '../../../src/core/analyze.ts';
import type { LineTime } from '../../../src/core/model/baseline.ts';
import type { LineCost } from '../../../src/core/model/report.ts';
import { compareLines } from '../../../src/core/report/compare-lines.ts';
import { drawRun } from '../../support/draw-run.ts';

function cost(name: string, line: number | null, p50Ns: number, meanNs = p50Ns): LineCost {
  return {
    name,
    phase: 'forward',
    location: line === null ? null : { file: '/here/train.py', line, how: 'recorded' },
    perStep: { p50Ns, p95Ns: p50Ns, p99Ns: p50Ns, meanNs, count: 10 },
    sharePercent: 10,
    byRank: [],
  };
}

function earlier(name: string, line: number | null, p50Ns: number, meanNs = p50Ns): LineTime {
  const file = 'C:\\there\\train.py';
  const location = line === null ? null : ({ file, line, how: 'recorded' } as const);
  return { name, phase: 'forward', location, p50Ns, meanNs };
}

function deltas(lines: readonly LineCost[], before: readonly LineTime[]): (number | null)[] {
  return compareLines(lines, before).map(({ baseline }) => baseline?.deltaPercent ?? null);
}

describe('lines beside those of the baseline', () => {
  it('are the same by name, phase and file, wherever they stand now', () => {
    assert.deepEqual(deltas([cost('a', 10, 150)], [earlier('a', 99, 100)]), [50]);
    assert.deepEqual(deltas([cost('a', null, 90)], [earlier('a', null, 100)]), [-10]);
    assert.deepEqual(deltas([cost('a', 10, 150)], [earlier('b', 10, 100)]), [null]);
    const validation: LineTime = { ...earlier('a', 10, 100), phase: 'validation' };
    assert.deepEqual(deltas([cost('a', 10, 150)], [validation]), [null]);
  });

  it('of one name are told apart by their order where there are equally many', () => {
    const before = [earlier('a', 40, 100), earlier('a', 4, 200)];
    assert.deepEqual(deltas([cost('a', 7, 300), cost('a', 80, 50)], before), [50, -50]);
  });

  it('of one name are compared on the very line alone where there are more or fewer', () => {
    const before = [earlier('a', 4, 100), earlier('a', 9, 100)];
    assert.deepEqual(deltas([cost('a', 9, 150)], before), [50]);
    assert.deepEqual(deltas([cost('a', 10, 150)], before), [null]);
  });

  it('that only a number names are not compared: other code may stand there', () => {
    assert.deepEqual(deltas([cost('train.py:9', 9, 1)], [earlier('train.py:9', 9, 2)]), [null]);
  });

  it('that take no time in most steps are compared by their means', () => {
    assert.deepEqual(deltas([cost('save', 5, 0, 30)], [earlier('save', 5, 0, 20)]), [50]);
    assert.deepEqual(deltas([cost('save', 5, 0, 30)], [earlier('save', 5, 0, 0)]), [null]);
  });

  it('are in a report that has a baseline, and only there', () => {
    const draw = (drawing: string): ReturnType<typeof drawRun> =>
      drawRun([`main      ${drawing}`], { steps: 12 });
    const run = draw('D----F----------B-----');
    const { report } = analyzeRun(run, {
      baseline: summarizeBaseline(draw('D----F-----B-----')),
    });
    const forward = report.lines.find(({ name }) => name === 'forward');
    // Drawn: eleven ticks and six, of a millisecond each.
    assert.equal(forward?.perStep.p50Ns, 11e6);
    assert.equal(forward.baseline?.p50Ns, 6e6);
    assert.ok(Math.abs(forward.baseline.deltaPercent - (100 * 5) / 6) < 1e-9);
    assert.equal(analyzeRun(run).report.lines[0].baseline, undefined);
  });
});
