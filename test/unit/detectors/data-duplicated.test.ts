import assert from 'node:assert/strict';
import { dataDuplicated } from '../../../src/core/detectors/data-duplicated.ts';
import type { Run } from '../../../src/core/model/run.ts';
import type { EpochRecord } from '../../../src/core/model/trace.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const CONFIG = { batch_size: '32', run: 'one', seed: '1' };

describeDetector(dataDuplicated, {
  finds: [
    {
      name: 'epochs of twice the samples',
      baseline: () => epochs([10, 320], [10, 320], [3, 96]),
      run: () => epochs([20, 640], [20, 640], [1, 32]),
      check: ({ severity, confidence, threshold, why, savingNsPerStep, title }) => {
        assert.deepEqual([severity, confidence], ['error', 'high']);
        assert.deepEqual(threshold, { name: 'errorPercent', value: 50, measured: 100 });
        assert.match(why, /^An epoch has 640 samples; in drawn it has 320\. The configuration/);
        // Half of each step of 12 ticks.
        assert.equal(savingNsPerStep, 6e6);
        assert.equal(title, 'Epochs have 100 % more samples than the baseline’s');
      },
    },
    {
      name: 'batches of twice the samples in as many steps',
      baseline: () => epochs([10, 320], [10, 320]),
      run: () => epochs([10, 640], [10, 640]),
      check: ({ threshold }) => assert.equal(threshold.measured, 100),
    },
    {
      name: 'more steps where samples are not recorded',
      baseline: () => epochs([10, null], [10, null]),
      run: () => epochs([12, null], [12, null]),
      check: ({ severity, threshold, why }) => {
        assert.equal(severity, 'warning');
        assert.equal(Math.round(threshold.measured), 20);
        assert.match(why, /12 steps; in drawn it has 10/);
      },
    },
    {
      name: 'an epoch that has not ended and has more already',
      baseline: () => epochs([10, 320], [10, 320]),
      run: () => epochs([15, 480]),
      check: ({ confidence, why }) => {
        assert.equal(confidence, 'medium');
        assert.match(why, /at least 480 samples/);
      },
    },
    {
      name: 'fewer samples, as a note that saves nothing',
      baseline: () => epochs([10, 320], [10, 320]),
      run: () => epochs([5, 160], [5, 160]),
      check: ({ severity, savingNsPerStep, title }) => {
        assert.deepEqual([severity, savingNsPerStep], ['info', 0]);
        assert.match(title, /50 % fewer samples/);
      },
    },
    {
      name: 'more samples where no configuration is recorded, as what could be',
      baseline: () => epochsOf(undefined, [10, 320], [10, 320]),
      run: () => epochs([20, 640], [20, 640]),
      check: ({ severity, confidence, why }) => {
        assert.deepEqual([severity, confidence], ['info', 'low']);
        assert.match(why, /it could be that this was meant/);
      },
    },
  ],
  staysQuiet: [
    { name: 'a run without a baseline', run: () => epochs([20, 640], [20, 640]) },
    {
      name: 'the same epochs, the last of which has not ended',
      baseline: () => epochs([10, 320], [10, 320], [9, 288]),
      run: () => epochs([10, 320], [10, 320], [1, 32]),
    },
    {
      name: 'a first epoch that was begun before',
      baseline: () => epochs([10, 320], [10, 320], [10, 320]),
      run: () => epochs([4, 128], [10, 320], [10, 320]),
    },
    {
      name: 'another configuration',
      baseline: () => epochsOf({ ...CONFIG, augment: 'no' }, [10, 320], [10, 320]),
      run: () => epochsOf({ ...CONFIG, augment: 'twice' }, [20, 640], [20, 640]),
    },
    {
      name: 'a baseline whose only epoch may not have ended',
      baseline: () => epochs([10, 320]),
      run: () => epochs([20, 640]),
    },
    {
      name: 'a single batch more',
      baseline: () => epochs([100, 3200], [100, 3200]),
      run: () => epochs([101, 3232], [101, 3232]),
    },
    {
      name: 'steps that name no epoch',
      baseline: () => drawn(CONFIG, [{ epoch: null, steps: 20, samples: 640 }]),
      run: () => drawn(CONFIG, [{ epoch: null, steps: 40, samples: 1280 }]),
    },
  ],
});

type Size = readonly [steps: number, samples: number | null];

/** The names and seeds of two runs never are the same. */
let runs = 0;

function epochs(...sizes: readonly Size[]): Run {
  runs += 1;
  return epochsOf({ ...CONFIG, run: `run ${runs}`, seed: `${runs}` }, ...sizes);
}

function epochsOf(
  config: Readonly<Record<string, string>> | undefined,
  ...sizes: readonly Size[]
): Run {
  return drawn(
    config,
    sizes.map(([steps, samples], epoch) => ({ epoch, steps, samples })),
  );
}

function drawn(
  config: Readonly<Record<string, string>> | undefined,
  records: readonly EpochRecord[],
): Run {
  return drawRun(['main      D---F---B---'], {
    steps: 20,
    meta: {
      epochs: records,
      ...(config === undefined ? {} : { config: new Map(Object.entries(config)) }),
    },
  });
}
