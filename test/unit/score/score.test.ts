import assert from 'node:assert/strict';
import { drawCase } from '../../score/draw-case.ts';
import type { CaseResult } from '../../score/judge-case.ts';
import { runCase } from '../../score/run-case.ts';
import { scoreOf, tableOf } from '../../score/score-table.ts';

const SEED = 40_008;
const DRAWS = 10;

describe('the score', function () {
  this.timeout(120_000);

  it('of a small fixed draw is what it was', async () => {
    const results: CaseResult[] = [];
    for (let i = 0; i < DRAWS; i++) {
      const result = await runCase(drawCase(SEED + i));
      if (result !== null) {
        results.push(result);
      }
    }
    const missed = results.flatMap(({ seed, troubles }) =>
      troubles.filter(({ isFound }) => !isFound).map(({ kind }) => `${seed}: ${kind}`),
    );
    assert.deepEqual(missed, []);
    const healthy = results.filter(({ troubles }) => troubles.length === 0);
    assert.ok(healthy.length >= 1 && healthy.length < results.length);
    assert.deepEqual(
      healthy.flatMap(({ alarms }) => alarms),
      [],
    );
    assert.deepEqual(
      results.flatMap(({ failures }) => failures),
      [],
    );
  });

  it('counts what is found, where, and at which line', () => {
    const judged = { place: 0, isRightRank: null, isRightLine: null, savingError: 0.1 };
    const results: CaseResult[] = [
      {
        seed: 1,
        troubles: [
          { ...judged, kind: 'straggler', isFound: true, isRightRank: true },
          { ...judged, kind: 'checkpoint', isFound: false, isRightLine: false, savingError: 0.3 },
        ],
        alarms: ['straggler'],
        wrong: ['step-tail'],
        failures: [],
      },
      { seed: 2, troubles: [], alarms: ['step-tail'], wrong: [], failures: [] },
      { seed: 3, troubles: [], alarms: [], wrong: [], failures: [] },
    ];
    assert.deepEqual(scoreOf(results), {
      foundPercent: 50,
      rankPercent: 100,
      linePercent: 0,
      savingError: 0.2,
      alarmPercent: 50,
      precisionPercent: 50,
    });
    assert.match(tableOf(results), /\| straggler \| 1 \| 100\.0 % \| 100\.0 % \| +\| 10\.0 % \|/);
  });
});
