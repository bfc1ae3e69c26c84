import assert from 'node:assert/strict';
import { deriveRank, type RankDerived } from '../../../src/core/derived/rank-derived.ts';
import { PHASES } from '../../../src/core/model/phase.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { type Agreements, hostAgreement, shareTold } from '../../support/phase-agreement.ts';
import { readRun } from '../../support/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { type Changes, readSimulated, simulationOf } from '../../support/simulated-run.ts';
import { withoutAnnotations } from '../../support/without-annotations.ts';
import type { SimulationConfig } from '../../../src/simulator/simulation-config.ts';

const NOTHING = { steps: false, frames: false };
const TRAINING = ['forward', 'backward', 'optimizer'] as const;

/** Of all forward, backward and optimizer time of these traces, told without any annotation. */
const REAL: readonly (readonly [file: string, steps: number])[] = [
  ['kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz', 6],
  ['kineto/resnet50-num-workers-4/worker0.1623212756351.pt.trace.json.gz', 6],
  ['kineto/nanogpt-before-after/after-rank-00-chrome-trace.json.gz', 4],
  ['kineto/nanogpt-before-after/before-rank-00-chrome-trace.json.gz', 4],
  ['kineto/rocm-resnet-checkpoint-rank0of8.json.gz', 3],
  ['kineto/hta-nccl-2024.json.gz', 3],
  ['kineto/hta-two-ranks/sampled_rank-0.json.gz', 2],
  ['torch-cpu/single_w0_slow/rank0.pt.trace.json.gz', 5],
  ['torch-cpu/single_w2_fast/rank0.pt.trace.json.gz', 5],
  ['torch-cpu/ddp2_w1_slow_straggler1/rank0.pt.trace.json.gz', 6],
];

describe('without annotations', function () {
  this.timeout(60_000);

  for (const [path, count] of REAL) {
    itWithShared(`the steps and phases of ${path} are told`, [path], async (files) => {
      const { trace } = (await readRun(files)).ranks[0];
      const named = deriveRank({ rank: 0, file: path, trace });
      const told = deriveRank({ rank: 0, file: path, trace: withoutAnnotations(trace, NOTHING) });
      assert.equal(told.mainLane, named.mainLane);
      assert.deepEqual([told.steps.how, told.steps.length], ['period', count]);
      told.steps.start.forEach((start, i) => {
        const duration = named.steps.end[i] - named.steps.start[i];
        assert.ok(Math.abs(told.steps.end[i] - start - duration) <= 0.03 * duration, `step ${i}`);
      });
      const agreements = hostAgreement(trace, NOTHING);
      assert.ok(shareOfTraining(agreements) >= 0.95, `${shareOfTraining(agreements)}`);
    });
  }

  for (const [path, isOwn] of [
    ['torch-cpu/single_w0_slow/rank0.pt.trace.json.gz', true],
    ['torch-cpu/single_w2_fast/rank0.pt.trace.json.gz', false],
  ] as const) {
    const title = `loading by the training process is ${isOwn ? '' : 'not '}told of ${path}`;
    itWithShared(title, [path], async (files) => {
      const { trace } = (await readRun(files)).ranks[0];
      assert.equal(toldOf(trace).ownLoading !== null, isOwn);
    });
  }

  it('steps and phases of accumulated gradients are told', async () => {
    const { trace } = await simulated({ steps: 8, microBatches: 3, model: { layers: 12 } });
    const told = toldOf(trace);
    assert.deepEqual([told.steps.how, told.steps.length], ['period', 8]);
    const agreements = hostAgreement(trace, NOTHING);
    for (const phase of ['forward', 'backward', 'h2d'] as const) {
      assert.ok(shareTold(agreements, phase) >= 0.95, phase);
    }
    assert.equal(told.loop.updates[3].passes, 3);
  });

  it('optimizers that update tensor by tensor are told', async () => {
    const { trace } = await simulated({
      steps: 8,
      optimizer: 'SGD',
      optimizerLoop: 'for-loop',
      model: { kind: 'convolutional' },
    });
    assert.ok(shareTold(hostAgreement(trace, NOTHING), 'optimizer') >= 0.95);
  });

  it('a validation is told by its forward passes, and its waits are no data of training', async () => {
    const { trace } = await simulated({
      steps: 24,
      recording: { annotations: false, profilerSteps: false },
      troubles: [{ kind: 'validation', every: 6, batches: 4, waitNs: 60e6 }],
    });
    const named = deriveRank({ rank: 0, file: 'simulated', trace });
    const validation = timeOf(named, 'validation');
    // Four passes, each after a wait of 60 ms, at every sixth step.
    assert.ok(validation >= 4 * 4 * 60e6, `${validation}`);
    const wait = named.loaderWaits.exposedPerStep.reduce((sum, time) => sum + time, 0);
    assert.ok(wait < 0.02 * validation, `${wait}`);
    assert.equal(named.steps.length, 24);
    assert.ok(named.serviceStalls.validation.stretches.intervals.length === 4);
  });

  it('a training loop that never validates has no validation', async () => {
    const { trace } = await simulated({ steps: 24, recording: { annotations: false } });
    assert.equal(timeOf(toldOf(trace), 'validation'), 0);
    assert.equal(timeOf(deriveRank({ rank: 0, file: 'simulated', trace }), 'validation'), 0);
  });

  it('checkpoints change neither the number of steps nor the optimizer', async () => {
    const { trace } = await simulated({
      steps: 20,
      troubles: [{ kind: 'checkpoint', every: 5, pauseNs: 300e6 }],
    });
    const told = toldOf(trace);
    assert.equal(told.steps.length, 20);
    const { namedNs, toldNs } = hostAgreement(trace, NOTHING).get('optimizer') ?? {
      namedNs: 0,
      toldNs: 0,
    };
    assert.ok(Math.abs(toldNs - namedNs) <= 0.05 * namedNs);
  });

  it('updates of unlike numbers of backward passes make no steps', async () => {
    const { trace } = await simulated({ steps: 8, microBatches: 2 });
    const stripped = withoutAnnotations(trace, NOTHING);
    const { start, end } = toldOf(trace).steps;
    const isUpdate = stripped.strings.map((name) => name.startsWith('aten::_foreach'));
    // Of half of the steps, the optimizer is not recorded.
    const names = stripped.spans.name.map((name, i) => {
      const step = start.findIndex(
        (from, k) => from <= stripped.spans.start[i] && stripped.spans.start[i] < end[k],
      );
      return isUpdate[name] && [1, 2, 5].includes(step) ? 0 : name;
    });
    const told = deriveRank({
      rank: 0,
      file: 'simulated',
      trace: { ...stripped, spans: { ...stripped.spans, name: names } },
    });
    assert.equal(told.steps.how, 'whole');
  });
});

function shareOfTraining(agreements: Agreements): number {
  const sum = (key: 'namedNs' | 'bothNs'): number =>
    TRAINING.reduce((total, phase) => total + (agreements.get(phase)?.[key] ?? 0), 0);
  return sum('bothNs') / sum('namedNs');
}

async function simulated(changes: Changes<SimulationConfig>): Promise<{ readonly trace: Trace }> {
  const model = { layers: 4, ...changes.model };
  return (await readSimulated(simulationOf({ ...changes, model }, 7))).ranks[0];
}

function toldOf(trace: Trace): RankDerived {
  return deriveRank({ rank: 0, file: 'told', trace: withoutAnnotations(trace, NOTHING) });
}

function timeOf({ hostPhases }: RankDerived, phase: (typeof PHASES)[number]): number {
  const wanted = PHASES.indexOf(phase);
  return hostPhases.start.reduce(
    (sum, start, i) => sum + (hostPhases.phase[i] === wanted ? hostPhases.end[i] - start : 0),
    0,
  );
}
