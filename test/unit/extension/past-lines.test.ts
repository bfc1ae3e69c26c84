import assert from 'node:assert/strict';
import type { Report } from '../../../src/core/model/report.ts';
import { type PastRun, PastLines } from '../../../src/extension/hints/past-lines.ts';
import { lineCost } from '../../support/line-cost.ts';

const LINES: Report['lines'] = [lineCost({})];

function runOf(name: string, modifiedMs: number, isAnalyzed = false): PastRun {
  const analyzed = isAnalyzed ? { report: { lines: LINES } } : null;
  return { id: name, group: { name }, modifiedMs, analyzed };
}

describe('what lines took in other runs', () => {
  const shown = runOf('now', 100, true);

  it('is known of those analyzed, and of those kept from before that are older', async () => {
    const asked: string[] = [];
    const past = new PastLines<PastRun>(async ({ id }) => {
      asked.push(id);
      return await Promise.resolve(id === 'lost' ? null : LINES);
    });
    const others = [runOf('old', 1), runOf('lost', 2), runOf('seen', 3, true), runOf('later', 101)];
    assert.deepEqual(namesOf(past, [shown, ...others]), ['now', 'seen']);
    await past.recall(shown, [shown, ...others]);
    assert.deepEqual(asked, ['lost', 'old']);
    assert.deepEqual(namesOf(past, [shown, ...others]), ['now', 'old', 'seen']);
  });

  it('is looked up once, and again when the files of a run have changed', async () => {
    let asked = 0;
    const past = new PastLines<PastRun>(async () => {
      asked += 1;
      return await Promise.resolve(LINES);
    });
    await past.recall(shown, [runOf('old', 1)]);
    await past.recall(shown, [runOf('old', 1)]);
    assert.equal(asked, 1);
    assert.deepEqual(namesOf(past, [runOf('old', 2)]), []);
    await past.recall(shown, [runOf('old', 2)]);
    assert.equal(asked, 2);
    assert.deepEqual(namesOf(past, [runOf('old', 2)]), ['old']);
  });

  it('is looked up of the last twelve runs alone', async () => {
    const asked: string[] = [];
    const past = new PastLines<PastRun>(async ({ id }) => {
      asked.push(id);
      return await Promise.resolve(null);
    });
    await past.recall(
      shown,
      Array.from({ length: 20 }, (_, i) => runOf(String(i), i)),
    );
    assert.deepEqual(
      asked,
      Array.from({ length: 12 }, (_, i) => String(19 - i)),
    );
  });
});

function namesOf(past: PastLines<PastRun>, runs: readonly PastRun[]): readonly string[] {
  return past.known(runs).map(({ name }) => name);
}
