import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import { fixture, readBytes } from '../../support/read-bytes.ts';
import { counterOf, countsOf, partsOf, reasonsOf, stepsOf } from '../../support/view-log.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/logs');

const END_TO_END = 'This log tells how long steps take and not when: they are laid end to end.';
const BY_STAMPS =
  'This log tells when steps end and not how long they take: each takes the time since the line before it.';

describe('logs with step times', () => {
  for (const name of readdirSync(FIXTURES)) {
    it(`knows ${name} as a log, modestly`, () => {
      const recognized = recognizeFormat({ bytes: fixture(`logs/${name}`), isWhole: true });
      assert.equal(recognized?.format.id, 'logs');
      assert.ok(recognized.sureness >= 0.4 && recognized.sureness < 0.5);
    });

    it(`reads ${name} alike in pieces of 7 bytes`, async () => {
      const whole = await readBytes(fixture(`logs/${name}`));
      const pieces = await readBytes(fixture(`logs/${name}`), 7);
      assert.deepEqual(pieces.counts, whole.counts);
      assert.deepEqual(stepsOf(pieces), stepsOf(whole));
    });
  }

  it('reads Megatron with its timers, laid one after another and cut at the end of the step', async () => {
    const trace = await readBytes(fixture('logs/megatron.log'));
    assert.deepEqual(countsOf(trace), [5, 4, 1]);
    assert.equal(trace.counts.clipped, 1);
    assert.deepEqual(stepsOf(trace), [
      [1, 0, 2.4005],
      [2, 2.4005, 2],
    ]);
    assert.deepEqual(partsOf(trace).slice(0, 5), [
      ['forward-compute', 'forward', 0, 900],
      ['batch-generator', 'data', 0, 300.5],
      ['backward-compute', 'backward', 900, 1100],
      ['backward-params-all-reduce', 'communication', 2000, 150.25],
      ['optimizer', 'optimizer', 2150.25, 80],
    ]);
    // 700 + 1,000 + 150 of 2,000 ms leave 150 of the 400 that the optimizer is said to take.
    assert.deepEqual(partsOf(trace).at(-1), ['optimizer', 'optimizer', 4250.5, 150]);
    assert.deepEqual(counterOf(trace, 'lm loss'), [11.00492, 10.5]);
    assert.deepEqual(reasonsOf(trace), ['the time of this step cannot be read', END_TO_END]);
  });

  it('reads Megatron with time stamps, a launcher within a launcher, and means over ten steps', async () => {
    const trace = await readBytes(fixture('logs/megatron-stamped.log'));
    assert.equal(trace.meta.rank, 7);
    assert.deepEqual(countsOf(trace), [5, 5, 0]);
    assert.deepEqual(stepsOf(trace), [
      [10, 0, 0.95],
      [20, 9.95, 1],
    ]);
    assert.deepEqual(
      partsOf(trace).map(([name, , , ms]) => [name, ms]),
      [
        ['forward-compute', 310],
        ['backward-compute', 500],
        ['optimizer', 61.5],
      ],
    );
    assert.match(reasonsOf(trace)[0], /every 10 steps/);
  });

  it('reads DeepSpeed by its time stamps, over steps that have no line', async () => {
    const trace = await readBytes(fixture('logs/deepspeed.log'));
    assert.deepEqual(countsOf(trace), [6, 5, 1]);
    assert.deepEqual(stepsOf(trace), [
      [3, 0, 0.8],
      [5, 1.3, 0.5],
    ]);
    assert.deepEqual(partsOf(trace), [
      ['fwd', 'forward', 0, 200],
      ['bwd', 'backward', 200, 450],
      ['bwd_allreduce', 'communication', 200, 150],
      ['step', 'optimizer', 650, 45],
    ]);
    assert.deepEqual(counterOf(trace, 'MemAllocated'), [17.5e9, 17.5e9, 17.5e9]);
    assert.deepEqual(reasonsOf(trace), ['this line of a step has no time', BY_STAMPS]);
  });

  it('reads the lines of the pipeline engine of DeepSpeed', async () => {
    const trace = await readBytes(fixture('logs/deepspeed-pipeline.log'));
    assert.deepEqual(stepsOf(trace), [
      [10, 0, 0.512],
      [20, 0.512, 0.5],
    ]);
  });

  it('reads torchtitan in color, each rank by the prefix of its lines, from where training starts', async () => {
    const trace = await readBytes(fixture('logs/torchtitan.log'));
    assert.deepEqual(countsOf(trace), [4, 4, 0]);
    const ranks = splitRanks(trace);
    assert.deepEqual(
      ranks.map((part) => [part.meta.rank, stepsOf(part)]),
      [
        [
          0,
          [
            [1, 0, 4.5],
            [2, 4.5, 2],
          ],
        ],
        [
          1,
          [
            [1, 0, 4.505],
            [2, 4.505, 2.005],
          ],
        ],
      ],
    );
    assert.deepEqual(counterOf(splitRanks(trace)[0], 'tps'), [1360, 9982]);
    assert.deepEqual(counterOf(splitRanks(trace)[1], 'loss'), [12.5, 11.25]);
    assert.deepEqual(counterOf(splitRanks(trace)[0], 'memory'), [10.5 * 2 ** 30, 10.5 * 2 ** 30]);
  });

  it('reads nanoGPT and the like', async () => {
    const nanogpt = await readBytes(fixture('logs/nanogpt.log'));
    assert.deepEqual(countsOf(nanogpt), [5, 3, 2]);
    assert.deepEqual(
      stepsOf(nanogpt).map(([step, , seconds]) => [step, seconds]),
      [
        [0, 31.24711],
        [10, 2.3011],
        [20, 2.2995],
      ],
    );
    assert.deepEqual(reasonsOf(nanogpt), [
      'the time of this step cannot be read',
      'the last line is not whole',
      END_TO_END,
    ]);
    assert.deepEqual(stepsOf(await readBytes(fixture('logs/modded-nanogpt.log'))), [
      [1, 0, 0.11],
      [3, 0.11, 0.1],
    ]);
    const llmc = await readBytes(fixture('logs/llmc.log'));
    assert.deepEqual(stepsOf(llmc), [
      [1, 0, 3.05636],
      [2, 3.05636, 3.05],
    ]);
    assert.deepEqual(counterOf(llmc, 'tok/s'), [171_541, 171_900]);
  });

  it('reads lines of an epoch with the time of loading', async () => {
    const trace = await readBytes(fixture('logs/meters.log'));
    assert.deepEqual(stepsOf(trace), [
      [0, 0, 2.5],
      [10, 2.5, 0.5],
      [100, 3, 0.6],
    ]);
    assert.deepEqual(partsOf(trace), [
      ['Data', 'data', 0, 1250],
      ['Data', 'data', 2500, 200],
      ['Data', 'data', 3000, 300],
    ]);
    const stamped = await readBytes(fixture('logs/mmengine.log'));
    assert.deepEqual(stepsOf(stamped), [
      [1050, 0, 0.2],
      [1100, 9.99, 0.21],
    ]);
  });

  it('reads the epochs of MLPerf, new and old', async () => {
    const trace = await readBytes(fixture('logs/mlperf.log'));
    assert.deepEqual(countsOf(trace), [16, 15, 1]);
    assert.equal(trace.meta.originNs, 1_700_000_000_000_000_000n);
    assert.deepEqual(stepsOf(trace), [
      [1, 5, 20.5],
      [2, 27, 21],
    ]);
    assert.deepEqual(partsOf(trace), [
      ['init', 'other', 0, 5000],
      ['eval', 'validation', 25_500, 1500],
      ['eval', 'validation', 48_000, 1500],
    ]);
    assert.deepEqual(counterOf(trace, 'eval_accuracy'), [0.21, 0.22]);
    const old = await readBytes(fixture('logs/mlperf-0.6.log'));
    assert.deepEqual(countsOf(old), [4, 3, 1]);
    assert.deepEqual(stepsOf(old), [[1, 0, 60.25]]);
  });

  it('reads the table of Lightning as one step of mean times', async () => {
    const trace = await readBytes(fixture('logs/lightning.txt'));
    assert.deepEqual(countsOf(trace), [5, 5, 0]);
    assert.deepEqual(stepsOf(trace), [[0, 0, 1]]);
    assert.deepEqual(
      partsOf(trace).map(([name, phase, , ms]) => [name.split('.').at(-1), phase, ms]),
      [
        ['train_dataloader_next', 'data', 200],
        ['optimizer_step', 'optimizer', 750],
        ['training_step', 'forward', 250],
        ['backward', 'backward', 400],
      ],
    );
  });

  it('reads the spans of DLRover exactly, and drops ends that have no partner', async () => {
    const trace = await readBytes(fixture('logs/dlrover.log'));
    assert.deepEqual(countsOf(trace), [8, 5, 3]);
    assert.deepEqual(stepsOf(trace), [[8, 0, 2.000001]]);
    assert.deepEqual(partsOf(trace), [['save', 'checkpoint', 2125.581, 1000]]);
    assert.deepEqual(counterOf(trace, 'loss'), [2.5]);
  });
});
