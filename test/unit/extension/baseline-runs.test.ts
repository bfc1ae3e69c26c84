import assert from 'node:assert/strict';
import { join } from 'node:path';
import { analyzeRun, summarizeBaseline } from '../../../src/core/analyze.ts';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { baselinePathOf, isBaseline } from '../../../src/extension/runs/baseline-runs.ts';
import { drawRun } from '../../support/draw-run.ts';

const FOLDER = join('/', 'work', 'runs');

function group(id: string, ...paths: readonly string[]): RunGroup {
  const files = paths.map((path) => ({
    path,
    format: 'spans',
    rank: 0,
    worldSize: null,
    runName: null,
    sizeBytes: 1,
    modifiedMs: 1,
  }));
  return { id, name: id, folder: join(paths[0] ?? '', '..'), files };
}

describe('a run as baseline', () => {
  const a = group('a', join(FOLDER, 'a', 'rank0.json'), join(FOLDER, 'a', 'rank1.json'));
  const b = group('b', join(FOLDER, 'b.json'));
  const c = group('c', join(FOLDER, 'a-2', 'rank0.json'));

  it('is named by its folder, or by a file where others are in it', () => {
    assert.equal(baselinePathOf(a, [a, b, c]), join(FOLDER, 'a'));
    assert.equal(baselinePathOf(b, [a, b, c]), join(FOLDER, 'b.json'));
    assert.equal(baselinePathOf(b, [b]), FOLDER);
  });

  it('is known by the setting', () => {
    const runs = [a, b, c].map((one) => ({ group: one, analyzed: null }));
    const known = (setting: string | null): string[] =>
      runs.filter((run) => isBaseline(run, runs, setting)).map((run) => run.group.id);
    assert.deepEqual(known(null), []);
    assert.deepEqual(known(join(FOLDER, 'a')), ['a']);
    assert.deepEqual(known(join(FOLDER, 'b.json')), ['b']);
  });

  it('is known by the report of a run that was compared with it', () => {
    const drawn = drawRun(['main      D---F---'], { steps: 4 });
    const baseline = { ...summarizeBaseline(drawn), files: [join(FOLDER, 'b.json')] };
    const { report } = analyzeRun(drawn, { baseline });
    const analyzed = { report };
    const runs = [
      { group: a, analyzed },
      { group: b, analyzed: null },
    ];
    assert.equal(isBaseline(runs[1], runs, null), true);
    assert.equal(isBaseline(runs[0], runs, null), false);
  });
});
