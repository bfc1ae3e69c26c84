import assert from 'node:assert/strict';
import { compareRuns } from '../../../src/core/derived/compare-runs.ts';
import { areConfiguredAlike, compareSetups } from '../../../src/core/derived/compare-setups.ts';
import { mannWhitney } from '../../../src/core/derived/mann-whitney.ts';
import { summarizeBaseline } from '../../../src/core/analyze.ts';
import type { RunSummary } from '../../../src/core/model/baseline.ts';
import { drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('mannWhitney', () => {
  it('agrees with all ways to choose so many of the values', () => {
    const random = seededRandom(3);
    for (const shift of [0, 0.2, 0.4, 0.6]) {
      const a = Array.from({ length: 8 }, () => random() + shift);
      const b = Array.from({ length: 8 }, () => random());
      const exact = exactChance(a, b);
      assert.ok(Math.abs(mannWhitney(a, b) - exact) < 0.02, `${shift}: ${exact}`);
    }
  });

  it('says nothing of equal values, or of none', () => {
    assert.equal(mannWhitney([1, 1, 1], [1, 1, 1]), 1);
    assert.equal(mannWhitney([], [1, 2]), 1);
  });

  it('is the same whichever comes first', () => {
    const [a, b] = [
      [1, 2, 2, 3, 9],
      [2, 4, 4, 5, 6, 7],
    ];
    assert.equal(mannWhitney(a, b).toFixed(12), mannWhitney(b, a).toFixed(12));
  });
});

describe('compareRuns', () => {
  for (const [what, run, baseline] of [
    ['of host phases', host(30, 8), host(20, 5)],
    ['with a phase that is only in one', host(30, 8), host(20, 0)],
    ['of a device', device(9), device(4)],
    ['of a device with a host alone', device(9), host(20, 5)],
  ] as const) {
    it(`gives parts that sum to the difference ${what}`, () => {
      const comparison = compareRuns(run, baseline) ?? assert.fail('nothing to compare');
      assert.equal(comparison.ways.length, 2);
      for (const way of comparison.ways) {
        const { deltaNs, changes } = way ?? assert.fail('no way');
        const sum = changes.reduce((total, change) => total + change.deltaNs, 0);
        assert.ok(Math.abs(sum - deltaNs) < 1, `${sum} is not ${deltaNs}`);
        assert.ok(changes.length > 1);
      }
    });
  }

  it('measures the medians', () => {
    const comparison = compareRuns(host(30, 8), host(20, 5)) ?? assert.fail('nothing to compare');
    const [{ deltaNs, deltaPercent, changes }] = comparison.ways;
    // 13 ticks more of 25 and 60 others.
    assert.deepEqual([deltaNs, Math.round(deltaPercent)], [13e6, 15]);
    assert.deepEqual(
      changes.filter((change) => change.deltaNs > 0).map(({ part, deltaNs: ns }) => [part, ns]),
      [
        ['data', 10e6],
        ['optimizer', 3e6],
      ],
    );
  });
});

describe('compareSetups', () => {
  const base = host(20, 5);
  const withConfig = (config: Readonly<Record<string, string>>): RunSummary => ({
    ...base,
    config: new Map(Object.entries(config)),
  });
  const texts = (run: RunSummary, baseline: RunSummary): readonly string[] =>
    compareSetups(run, baseline).map(({ text }) => text);

  it('passes over what only names a run', () => {
    const [a, b] = ['a', 'b'].map((value) =>
      withConfig({ run: value, run_name: value, log_dir: value, seed: value, steps: value }),
    );
    assert.deepEqual(texts(a, b), []);
    assert.equal(areConfiguredAlike(a, b), true);
  });

  it('tells values that changed, came and went', () => {
    assert.deepEqual(texts(withConfig({ lr: '1', amp: 'on' }), withConfig({ lr: '2', old: 'x' })), [
      'lr 1 instead of 2',
      'amp on, which was not set',
      'no old, which was x',
    ]);
  });

  it('cannot tell where one is not recorded', () => {
    assert.deepEqual(texts(base, withConfig({ lr: '1' })), []);
    assert.equal(areConfiguredAlike(base, withConfig({ lr: '1' })), null);
  });

  it('names samples rather than the size of the batch twice', () => {
    const [now, before] = [withConfig({ batch_size: '32' }), withConfig({ batch_size: '64' })];
    assert.deepEqual(texts({ ...now, samplesPerStep: 32 }, { ...before, samplesPerStep: 63.5 }), [
      '32 samples a step instead of 64',
    ]);
    assert.deepEqual(texts(now, before), ['batch_size 32 instead of 64']);
  });

  it('tells ranks, devices and kinds of recording', () => {
    const other = { ...base, rankCount: 4, deviceNames: ['A100'], formats: ['spans'] };
    assert.deepEqual(texts(other, { ...base, deviceNames: ['H100'] }), [
      '4 ranks instead of 1',
      'A100 instead of H100',
      'recorded as spans instead of kineto',
    ]);
  });

  it('cuts values that are long', () => {
    const [text] = texts(withConfig({ a: 'x'.repeat(500) }), withConfig({ a: 'y' }));
    assert.ok(text.length < 100, text);
  });
});

/** Of all ways to choose `a.length` of the values, the share whose rank sum is as far from the middle. */
function exactChance(a: readonly number[], b: readonly number[]): number {
  const sorted = [...a, ...b].sort((x, y) => x - y);
  const sumOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + sorted.indexOf(value) + 1, 0);
  const middle = (a.length * (sorted.length + 1)) / 2;
  const distance = Math.abs(sumOf(a) - middle);
  let extreme = 0;
  let all = 0;
  for (let mask = 0; mask < 1 << sorted.length; mask++) {
    let count = 0;
    let sum = 0;
    for (let i = 0; i < sorted.length; i++) {
      if ((mask >> i) & 1) {
        count++;
        sum += i + 1;
      }
    }
    if (count === a.length) {
      all++;
      extreme += Math.abs(sum - middle) >= distance ? 1 : 0;
    }
  }
  return extreme / all;
}

function host(data: number, optimizer: number): RunSummary {
  const tail = optimizer === 0 ? '' : `O${'-'.repeat(optimizer - 1)}`;
  return summarizeBaseline(
    drawRun(
      [
        (step) =>
          `main      D${'-'.repeat(data - 1)}F${'-'.repeat(49)}${' '.repeat(step % 2)}B${'-'.repeat(8 - (step % 2))}${tail} `,
      ],
      { steps: 60 },
    ),
  );
}

function device(wait: number): RunSummary {
  return summarizeBaseline(
    drawRun(
      [
        `
        main      D${'-'.repeat(wait)}lF---B----O-
        stream 7  ${' '.repeat(wait)} K-----C--
      `,
      ],
      { steps: 60 },
    ),
  );
}
