import assert from 'node:assert/strict';
import type { RankReport, Report } from '../../../src/core/model/report.ts';
import { computeLayers } from '../../../src/core/report/layers.ts';
import { chooseBars } from '../../../webview/breakdown/choose-bars.ts';
import { splitRun } from '../../../webview/breakdown/split.ts';
import { tenthsOf } from '../../../webview/breakdown/tenths.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

const CAUSES = { data: 0, host: 0, sync: 0, launch: 0, communication: 0, copy: 0 };
const NO_CAUSES = { ...CAUSES, checkpoint: 0, profiler: 0, unexplained: 0 };

interface Shares {
  readonly communication?: number;
  readonly copy?: number;
  readonly causes?: Partial<typeof NO_CAUSES>;
  readonly phases?: Readonly<Record<string, number>>;
  readonly meanNs?: number;
  readonly count?: number;
}

/** A rank whose device computes in what is left of 100 %; without `causes` there is no device. */
function rankOf(rank: number, shares: Shares): RankReport {
  const { communication = 0, copy = 0, causes, phases = {}, meanNs = 10e6, count = 5 } = shares;
  const idle = Object.values(causes ?? {}).reduce((sum, share) => sum + share, 0);
  return {
    rank,
    stepTime: { p50Ns: meanNs, p95Ns: meanNs, p99Ns: meanNs, meanNs, count },
    breakdown:
      causes === undefined
        ? null
        : {
            computePercent: 100 - idle - communication - copy,
            exposedCommunicationPercent: communication,
            exposedCopyPercent: copy,
            idlePercent: idle,
            idleCauses: { ...NO_CAUSES, ...causes },
          },
    phases: Object.entries(phases).map(([phase, sharePercent]) => ({ phase, sharePercent })),
  } as unknown as RankReport;
}

function reportOf(ranks: readonly RankReport[], meanNs = 10e6): Report {
  return {
    ranks,
    layers: computeLayers(ranks),
    stepTime: { meanNs },
  } as unknown as Report;
}

describe('the breakdown of steps', () => {
  const ranks = [
    rankOf(0, { communication: 10, copy: 2, causes: { data: 40, sync: 3 } }),
    rankOf(1, { communication: 20, causes: { data: 10 }, meanNs: 30e6 }),
  ];

  it('divides the device time by class and cause, each rank whole', () => {
    const split = splitRun(reportOf(ranks), 'device')!;
    assert.deepEqual(
      split.parts.map(({ name, isIdle }) => [name, isIdle]),
      [
        ['compute', false],
        ['exposed communication', false],
        ['exposed copies', false],
        ['idle: data', true],
        ['idle: synchronization', true],
      ],
    );
    assert.deepEqual(
      split.ranks.map(({ shares }) => shares),
      [
        [45, 10, 2, 40, 3],
        [70, 20, 0, 10, 0],
      ],
    );
    for (const { wholePercent } of [...split.ranks, split.run]) {
      assert.ok(Math.abs(wholePercent - 100) < 1e-9);
    }
  });

  it('takes each rank for the time of its steps in the run', () => {
    const split = splitRun(reportOf(ranks, 20e6), 'device')!;
    const timeOf = (share: number, i: number) => (share / 100) * [10e6, 30e6][i] * 5;
    const data = timeOf(40, 0) + timeOf(10, 1);
    assert.ok(Math.abs(split.run.shares[3] - (100 * data) / (5 * 40e6)) < 1e-9);
    assert.equal(split.run.stepNs, 20e6);
  });

  it('divides by layers as the report does', () => {
    const report = reportOf(ranks);
    const split = splitRun(report, 'layers')!;
    assert.deepEqual(
      split.ranks.map(({ shares }) => shares),
      [
        [42, 48, 10],
        [10, 70, 20],
      ],
    );
    const { dataPercent, computePercent, orchestrationPercent } = report.layers!;
    assert.deepEqual(split.run.shares, [dataPercent, computePercent, orchestrationPercent]);
  });

  it('divides idle time alone by its causes', () => {
    const split = splitRun(reportOf(ranks), 'causes')!;
    assert.deepEqual(
      split.ranks.map(({ shares, wholePercent }) => [shares, wholePercent]),
      [
        [[40, 3], 43],
        [[10, 0], 10],
      ],
    );
  });

  it('divides by phases, with what is in none, and knows of a run without a device no more', () => {
    const report = reportOf([
      rankOf(0, { phases: { data: 60, forward: 30 } }),
      rankOf(1, { phases: { data: 50, backward: 50 } }),
    ]);
    const split = splitRun(report, 'phases')!;
    assert.deepEqual(
      split.parts.map(({ name }) => name),
      ['data', 'forward', 'backward', 'no phase'],
    );
    assert.deepEqual(
      split.ranks.map(({ shares }) => shares),
      [
        [60, 30, 0, 10],
        [50, 0, 50, 0],
      ],
    );
    assert.equal(splitRun(report, 'device'), null);
    assert.equal(splitRun(report, 'causes'), null);
    assert.equal(splitRun(reportOf([rankOf(0, {})]), 'phases'), null);
  });
});

describe('the shares of a breakdown', () => {
  it('sum to 100.0 as shown, each within a tenth of what it is', () => {
    for (const shares of [
      [1, 1, 1],
      [33.35, 33.35, 33.3],
      [0.04, 99.96],
      [7],
      [61.74, 30.13, 8.13],
    ]) {
      const tenths = tenthsOf(shares);
      const sum = shares.reduce((total, share) => total + share, 0);
      assert.equal(Math.round(10 * tenths.reduce((total, share) => total + share, 0)), 1000);
      tenths.forEach((shown, i) => {
        assert.ok(Math.abs(shown - (100 * shares[i]) / sum) < 0.1, `${shares.join()}: ${shown}`);
      });
    }
    assert.deepEqual(tenthsOf([0, 0]), [0, 0]);
  });
});

describe('the bars of a breakdown', () => {
  const many = (count: number, dataOf: (rank: number) => number) =>
    splitRun(
      reportOf(
        Array.from({ length: count }, (_, rank) =>
          rankOf(rank, { communication: 5, causes: { data: dataOf(rank) } }),
        ),
      ),
      'device',
    )!;

  it('are all ranks where they are few', () => {
    const { bars, sentence } = chooseBars(many(8, (rank) => rank));
    assert.deepEqual(
      bars.map(({ name }) => name),
      Array.from({ length: 8 }, (_, rank) => `rank ${rank}`),
    );
    assert.equal(sentence, '');
  });

  it('are the run, the extremes and the median of what differs most, where they are many', () => {
    const { bars, sentence } = chooseBars(many(1023, (rank) => 20 + ((rank * 37) % 1023) / 100));
    assert.equal(bars[0].name, 'all ranks');
    assert.equal(bars.length, 4);
    const shown = bars.slice(1).map(({ bar }) => bar.shares[0]);
    const all = Array.from({ length: 1023 }, (_, i) => 75 - i / 100).sort((a, b) => a - b);
    assert.deepEqual(
      shown.map((share) => share.toFixed(6)),
      [all[0], all[511], all[1022]].map((share) => share.toFixed(6)),
    );
    assert.equal(plain(sentence), 'Of 1 023 ranks: compute differs most, by 10.2 % of the step.');
    assert.match(plain(bars[1].name), /^least 64\.8 % · rank \d+$/);
    assert.match(plain(bars[3].name), /^most 75\.0 % · rank 0$/);
  });

  it('are one where all ranks are alike, which is said', () => {
    const { bars, sentence } = chooseBars(many(64, (rank) => 20 + rank / 128));
    assert.deepEqual(
      bars.map(({ name }) => name),
      ['all ranks'],
    );
    assert.match(plain(sentence), /^64 ranks are alike: .* 0\.5 % of the step/);
  });
});
