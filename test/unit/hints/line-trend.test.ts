import assert from 'node:assert/strict';
import { type ComparableRun, trendOf } from '../../../src/core/hints/line-trend.ts';
import { evenSteps, lineCost } from '../../support/line-cost.ts';

function run(id: string, modifiedMs: number, ns: number, name = `run ${id}`): ComparableRun {
  return { id, name, modifiedMs, report: { lines: [lineCost({ perStep: evenSteps(ns) })] } };
}

function trend(own: ComparableRun, all: readonly ComparableRun[]): [string, number][] {
  return trendOf(own.report.lines[0], own, all).map(({ id, timeNs }) => [id, timeNs]);
}

describe('the trend of a line over runs', () => {
  it('goes from the oldest of the last runs to this one', () => {
    const runs = [run('c', 30, 300), run('a', 10, 100), run('b', 20, 200)];
    assert.deepEqual(trend(runs[0], runs), [
      ['a', 100],
      ['b', 200],
      ['c', 300],
    ]);
    assert.deepEqual(trend(runs[2], runs), [
      ['a', 100],
      ['b', 200],
    ]);
  });

  it('is none where there is no other run before it, or no such line in any', () => {
    const own = run('b', 20, 200);
    assert.deepEqual(trend(own, [own]), []);
    assert.deepEqual(trend(own, [own, run('c', 30, 300)]), []);
    const other = { ...run('a', 10, 100), report: { lines: [lineCost({ name: 'other' })] } };
    assert.deepEqual(trend(own, [own, other]), []);
  });

  it('keeps the last six', () => {
    const runs = Array.from({ length: 10 }, (_, i) => run(String(i), i, 100 + i));
    assert.deepEqual(
      trend(runs[9], runs).map(([id]) => id),
      ['4', '5', '6', '7', '8', '9'],
    );
  });

  it('compares names without a place only among runs of one series', () => {
    const named = (id: string, at: number, name: string): ComparableRun => ({
      ...run(id, at, at, name),
      report: { lines: [lineCost({ location: null, perStep: evenSteps(at) })] },
    });
    const own = named('own', 30, 'resnet-12');
    const all = [named('a', 10, 'resnet-7'), named('b', 20, 'gpt-7'), own];
    assert.deepEqual(
      trend(own, all).map(([id]) => id),
      ['a', 'own'],
    );
  });
});
