import assert from 'node:assert/strict';
import { regression } from '../../../src/core/detectors/regression.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { type DrawOptions, drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describeDetector(regression, {
  finds: [
    {
      name: 'steps that are longer, and the phase that is',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: 22, seed: 2 }),
      check: ({ severity, confidence, threshold, why, layer, savingNsPerStep }) => {
        // 12 ticks more of about 114: 10.5 %.
        assert.ok(Math.abs(threshold.measured - 10.5) < 2, `${threshold.measured}`);
        assert.deepEqual([severity, confidence, layer], ['warning', 'high', 'data']);
        assert.match(why, /In a typical step, the phase data takes 1\d(\.\d)? ms more/);
        assert.ok(Math.abs(savingNsPerStep - 12e6) < 2e6, `${savingNsPerStep}`);
      },
    },
    {
      name: 'an error where they are far longer',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: 60, seed: 2 }),
      check: ({ severity, threshold }) => {
        assert.deepEqual([severity, threshold.name], ['error', 'errorPercent']);
      },
    },
    {
      name: 'every fourth step that waits, which no median shows',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: (step) => (step % 4 === 3 ? 60 : 10), seed: 2 }),
      check: ({ threshold, why }) => {
        // 50 ticks more in a quarter of the steps of about 114: 11 %.
        assert.ok(Math.abs(threshold.measured - 11) < 2, `${threshold.measured}`);
        assert.match(why, /some of the steps are far slower/);
      },
    },
    {
      name: 'a device that is idle longer',
      baseline: () => onDevice(10),
      run: () => onDevice(20),
      check: ({ why, threshold }) => {
        // 50 ticks of work and the wait.
        assert.equal(Math.round(threshold.measured), 17);
        assert.match(why, /idle time of the device takes 10\.0 ms more/);
      },
    },
    {
      name: 'what is configured otherwise, and is less sure',
      baseline: () => varying({ data: 10, config: { workers: '4', run: 'a', seed: '1' } }),
      run: () => varying({ data: 22, seed: 2, config: { workers: '0', run: 'b', seed: '2' } }),
      check: ({ severity, confidence, why, advice }) => {
        assert.deepEqual([severity, confidence], ['warning', 'medium']);
        assert.match(why, /Not the same: workers 0 instead of 4\.$/);
        assert.match(advice[0].text, /^Undo what was configured otherwise/);
      },
    },
    {
      name: 'a note where a step is other work',
      baseline: () => varying({ data: 10, config: { batch_size: '64' } }),
      run: () => varying({ data: 22, seed: 2, config: { batch_size: '32' } }),
      check: ({ severity, confidence, why }) => {
        assert.deepEqual([severity, confidence], ['info', 'low']);
        assert.match(why, /Not the same: batch_size 32 instead of 64\.$/);
      },
    },
    {
      name: 'a note where the number of ranks differs',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: 22, seed: 2, ranks: 2 }),
      check: ({ severity, why }) => {
        assert.equal(severity, 'info');
        assert.match(why, /2 ranks instead of 1/);
      },
    },
  ],
  staysQuiet: [
    { name: 'a run without a baseline', run: () => varying({ data: 60 }) },
    {
      name: 'steps that vary as those of the baseline',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: 10, seed: 2 }),
    },
    {
      name: 'steps that are shorter',
      baseline: () => varying({ data: 40 }),
      run: () => varying({ data: 10, seed: 2 }),
    },
    {
      name: 'a difference below the threshold',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: 13, seed: 2 }),
    },
    {
      name: 'a few long stalls',
      baseline: () => varying({ data: 10 }),
      run: () => varying({ data: (step) => (step === 20 || step === 22 ? 900 : 10), seed: 2 }),
    },
    {
      name: 'so few steps that it may be chance',
      baseline: () => varying({ data: 10, steps: 8 }),
      run: () => varying({ data: 60, seed: 2, steps: 8 }),
    },
    {
      name: 'steps that vary so much that it may be chance',
      baseline: () => varying({ data: 10, width: 300, steps: 20 }),
      run: () => varying({ data: 22, width: 300, steps: 20, seed: 2 }),
    },
    {
      name: 'a baseline without steps',
      baseline: () => varying({ data: 10, markSteps: false, steps: 1 }),
      run: () => varying({ data: 60 }),
    },
  ],
});

interface Looks {
  readonly data: number | ((step: number) => number);
  readonly seed?: number;
  /** How many ticks a forward pass varies by. */
  readonly width?: number;
  readonly steps?: number;
  readonly ranks?: number;
  readonly config?: Readonly<Record<string, string>>;
  readonly markSteps?: boolean;
}

/** Steps of `data` ticks of waiting, and some hundred that vary. */
function varying(looks: Looks): Run {
  const { data, seed = 1, width = 8, steps = 60, ranks = 1, config, markSteps = true } = looks;
  const random = seededRandom(seed);
  const forward = Array.from({ length: steps }, () => 100 + Math.floor(width * random()));
  const options: DrawOptions = {
    steps,
    markSteps,
    meta: config === undefined ? {} : { config: new Map(Object.entries(config)) },
  };
  const draw = (step: number): string => {
    const ticks = typeof data === 'number' ? data : data(step);
    return `main      D${'-'.repeat(ticks - 1)}F${'-'.repeat(forward[step] - 1)}`;
  };
  return drawRun(
    Array.from({ length: ranks }, () => draw),
    options,
  );
}

/** A device that works for 50 ticks and waits for its host. */
function onDevice(idle: number): Run {
  const wait = idle + (idle % 2);
  return drawRun(
    [
      `
        main      F${'-'.repeat(wait - 1)}lB${'-'.repeat(48)}
        stream 7  ${' '.repeat(wait)}K${'-'.repeat(49)}
      `,
    ],
    { steps: 30 },
  );
}
