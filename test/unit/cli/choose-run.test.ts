import assert from 'node:assert/strict';
import { chooseRuns, keepRanks } from '../../../src/cli/choose-run.ts';
import { exitCodeOf } from '../../../src/cli/exit-code-of-report.ts';
import { UsageError } from '../../../src/cli/exit-code.ts';
import { printJson } from '../../../src/cli/print-json.ts';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { drawBaseline, drawFinding, drawReport } from './draw-report.ts';

function drawGroup(name: string, modifiedMs: readonly number[]): RunGroup {
  const files = modifiedMs.map((ms, rank) => ({
    path: `/runs/${name}/rank${rank}.json`,
    format: 'kineto',
    rank,
    worldSize: null,
    runName: null,
    sizeBytes: 1,
    modifiedMs: ms,
  }));
  return { id: name, name, folder: `/runs/${name}`, files };
}

describe('chooseRuns', () => {
  const old = drawGroup('old', [1, 2]);
  const newest = drawGroup('newest', [0, 9]);
  const middle = drawGroup('middle', [5]);

  it('takes the run with the newest file first', () => {
    assert.deepEqual(chooseRuns([old, newest, middle], null), [newest, middle, old]);
  });

  it('takes what no format knows before all, as it holds no run', () => {
    const files = old.files.map((file) => ({ ...file, format: 'unknown' }));
    const unknown = { ...old, files };
    assert.deepEqual(chooseRuns([newest, unknown, middle], null), [unknown, newest, middle]);
  });

  it('takes the run of a name', () => {
    assert.deepEqual(chooseRuns([old, newest, middle], 'old'), [old]);
  });

  it('takes the run in a folder, where two have the same name', () => {
    const twin = { ...middle, name: 'old' };
    assert.deepEqual(chooseRuns([old, twin], null), [twin, old]);
    assert.deepEqual(chooseRuns([old, twin], '/runs/old'), [old]);
    assert.deepEqual(chooseRuns([old, twin], 'middle'), [twin]);
    assert.throws(
      () => chooseRuns([old, twin, newest], 'x'),
      /the runs are newest, old in \/runs\/middle, old in \/runs\/old$/,
    );
  });

  it('says which runs there are when the name fits none', () => {
    assert.throws(
      () => chooseRuns([old, newest], 'x'),
      (error) =>
        error instanceof UsageError &&
        error.message === 'There is no run "x"; the runs are newest, old',
    );
  });

  it('chooses nothing where there is nothing', () => {
    assert.deepEqual(chooseRuns([], null), []);
  });
});

describe('keepRanks', () => {
  const group = drawGroup('run', [1, 1, 1, 1]);

  it('keeps the files of the ranks', () => {
    const { files } = keepRanks(group, [1, 3, 9]);
    assert.deepEqual(
      files.map(({ rank }) => rank),
      [1, 3],
    );
  });

  it('refuses where none of them is there', () => {
    assert.throws(() => keepRanks(group, [9]), /run has none of these ranks; it has 0, 1, 2, 3/);
  });
});

describe('exitCodeOf', () => {
  const warning = drawReport({ findings: [drawFinding({ severity: 'warning' })] });
  const error = drawReport({ findings: [drawFinding({ severity: 'error' })] });
  const info = drawReport({ findings: [drawFinding({ severity: 'info' })] });
  const inconclusive = drawReport({
    verdict: { kind: 'inconclusive', text: '', sharePercent: 0 },
  });

  const gate = (failOn: 'warning' | 'error') => ({ failOn, needsBaseline: false });

  it('is fine without a gate, whatever was found', () => {
    for (const report of [warning, error, inconclusive]) {
      assert.equal(exitCodeOf(report, { failOn: null, needsBaseline: true }), 0);
    }
  });

  it('fails from the severity of the gate', () => {
    assert.deepEqual(
      [info, warning, error].map((report) => exitCodeOf(report, gate('warning'))),
      [0, 1, 1],
    );
    assert.deepEqual(
      [info, warning, error].map((report) => exitCodeOf(report, gate('error'))),
      [0, 0, 1],
    );
  });

  it('tells a gate that there is no answer', () => {
    assert.equal(exitCodeOf(inconclusive, gate('error')), 4);
    const asked = { failOn: 'error', needsBaseline: true } as const;
    assert.equal(exitCodeOf(info, asked), 4);
    assert.equal(exitCodeOf({ ...info, baseline: drawBaseline({ standing: 'same' }) }, asked), 0);
    assert.equal(
      exitCodeOf({ ...info, baseline: drawBaseline({ standing: 'too-few-steps' }) }, asked),
      4,
    );
    assert.equal(exitCodeOf({ ...inconclusive, findings: error.findings }, gate('error')), 1);
  });
});

describe('printJson', () => {
  it('prints the report and nothing else, safe for a terminal', () => {
    const report = drawReport({
      verdict: { kind: 'mixed', text: 'a\u001b[2J\u009b1m\u007f', sharePercent: 0 },
    });
    const text = printJson(report);
    assert.deepEqual(JSON.parse(text), report);
    // eslint-disable-next-line no-control-regex -- looks for control characters
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
