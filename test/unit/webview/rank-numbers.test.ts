import assert from 'node:assert/strict';
import type { Finding, RankReport } from '../../../src/core/model/report.ts';
import {
  breakdownRows,
  phaseRows,
  ranksToShow,
  rowsWithFormulaOf,
} from '../../../webview/views/rank-numbers.ts';

const plain = (texts: readonly (string | null)[]) =>
  texts.map((text) => text?.replaceAll('\u202f', '_') ?? null);

function rankOf(rank: number, phases: Record<string, number>, idlePercent?: number): RankReport {
  const stepTime = { p50Ns: 1e6, p95Ns: 1e6, p99Ns: 1e6, meanNs: 1e6, count: 10 };
  return {
    rank,
    stepTime,
    breakdown:
      idlePercent === undefined
        ? null
        : {
            computePercent: 100 - idlePercent,
            exposedCommunicationPercent: 0,
            exposedCopyPercent: 0,
            idlePercent,
            idleCauses: { data: idlePercent, host: 0 },
          },
    phases: Object.entries(phases).map(([phase, totalNs]) => ({
      phase,
      totalNs,
      perStep: { p50Ns: 0, p95Ns: 0, p99Ns: 0 },
      sharePercent: totalNs / 1e5,
    })),
  } as unknown as RankReport;
}

describe('the numbers of ranks side by side', () => {
  it('tell of each phase the mean of a step and its share, which agree', () => {
    const ranks = [rankOf(0, { forward: 4e6, checkpoint: 1e6 }), rankOf(1, { forward: 6e6 })];
    const rows = phaseRows(ranks, { formulas: { 'ranks.*.phases.*.totalNs': 'Sum of it.' } });
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['Phase forward', 'Phase checkpoint'],
    );
    assert.deepEqual(plain(rows[0].values), ['400_µs · 40_%', '600_µs · 60_%']);
    assert.deepEqual(plain(rows[1].values), ['100_µs · 10_%', null]);
  });

  it('say a formula once for rows that share it', () => {
    const ranks = [rankOf(0, { forward: 4e6, backward: 5e6 })];
    const rows = phaseRows(ranks, { formulas: { 'ranks.*.phases.*.totalNs': 'Sum of it.' } });
    assert.deepEqual(
      rows.map(({ formula }) => formula),
      ['Mean of a step and share of the steps. Sum of it.', ''],
    );
    const other = { name: 'Idle', values: [], formula: 'Time without work.' };
    const all = [other, ...rows, other];
    assert.deepEqual(
      [0, 1, 3].map((row) => rowsWithFormulaOf(all, row)),
      [1, 2, 1],
    );
  });

  it('are of those that findings name, and of the first, where there are many', () => {
    const ranks = Array.from({ length: 100 }, (_, rank) => rankOf(rank, {}));
    const everyone = ranks.map(({ rank }) => rank);
    const findings = [{ ranks: everyone }, { ranks: [57] }] as unknown as Finding[];
    assert.deepEqual(
      ranksToShow({ ranks, findings }).map(({ rank }) => rank),
      [0, 1, 2, 3, 4, 5, 6, 57],
    );
  });

  it('show the causes of idle time that some rank has, and nothing without a device', () => {
    const formulas = { 'ranks.*.breakdown.idlePercent': 'Time without work.' };
    const rows = breakdownRows([rankOf(0, {}, 25), rankOf(1, {})], { formulas });
    assert.deepEqual(
      rows.map(({ name, values }) => [name, ...plain(values)]),
      [
        ['Compute', '75_%', null],
        ['Exposed communication', '0_%', null],
        ['Exposed copies', '0_%', null],
        ['Idle', '25_%', null],
        [rows[4].name, '25_%', null],
      ],
    );
    assert.match(rows[4].name, /^Idle: /);
    assert.equal(rows[3].formula, 'Time without work.');
    assert.deepEqual(breakdownRows([rankOf(0, {})], { formulas }), []);
  });
});
