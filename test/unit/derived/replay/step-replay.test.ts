import assert from 'node:assert/strict';
import { analyzeRun } from '../../../../src/core/analyze.ts';
import { uniteIntervals } from '../../../../src/core/derived/intervals.ts';
import type { Repair } from '../../../../src/core/derived/replay/repair.ts';
import { buildStepGraph } from '../../../../src/core/derived/replay/step-graph.ts';
import { StepReplay } from '../../../../src/core/derived/replay/step-replay.ts';
import { deriveRun, type RunDerived } from '../../../../src/core/derived/run-derived.ts';
import type { Run } from '../../../../src/core/model/run.ts';
import { drawRun } from '../../../support/draw-run.ts';
import { readRun } from '../../../support/read-run.ts';
import { readSimulated, simulationOf } from '../../../support/simulated-run.ts';
import { itWithShared } from '../../../support/shared-data.ts';

const MS = 1e6;
const STEPS = 8;

function replayOf(run: Run): { readonly replay: StepReplay; readonly derived: RunDerived } {
  const derived = deriveRun(run);
  const graph = buildStepGraph(derived.ranks, derived.alignment);
  assert.ok('graph' in graph, 'reason' in graph ? graph.reason : '');
  return { replay: new StepReplay(graph, derived.analyzed), derived };
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** What a repair saves of each step, in milliseconds. */
function savedMs(run: Run, repairOf: (derived: RunDerived) => Repair['changes']): number {
  const { replay, derived } = replayOf(run);
  near(replay.errorPercent, 0, 1e-6);
  return replay.savingNs([{ condition: 'it were so', changes: repairOf(derived) }]) / MS;
}

const spansNamed = ({ ranks }: RunDerived, name: string): number[][] =>
  ranks.map(({ trace: { spans, strings } }) =>
    [...spans.name.keys()].filter((span) => strings[spans.name[span]] === name),
  );

const waitsOf = ({ ranks }: RunDerived): Repair['changes'] => [
  { kind: 'skip-host', intervals: ranks.map(({ tables }) => tables.loaderWaits.waits) },
];

describe('a replay of steps', () => {
  it('saves the wait for a batch as far as the device does not work meanwhile', () => {
    // The host waits 6 ms for its batch, launches, and waits for the 8 ms of the kernel.
    const idle = `
      main      D-----l-Y-------
      stream 7         K-------
    `;
    near(savedMs(drawRun([idle], { steps: STEPS }), waitsOf), 6, 0.01);
    // The kernel runs beside the wait, and the host waits for it afterwards all the same.
    const hidden = `
      main      lD-----Y----
      stream 7   K----------
    `;
    near(savedMs(drawRun([hidden], { steps: STEPS }), waitsOf), 0, 0.01);
  });

  it('lets the host run ahead where it does not wait any more', () => {
    // A step takes 12 ms: the host goes on when the kernel has ended. Without the wait the kernel's 7 ms set the pace.
    const step = `
      main      l-Y-----F---
      stream 7   K------
    `;
    const saved = savedMs(drawRun([step], { steps: STEPS }), (derived) => [
      { kind: 'do-not-wait', spans: spansNamed(derived, 'cudaStreamSynchronize') },
    ]);
    near(saved, 5, 0.01);
  });

  it('takes a share of the time of kernels, as far as they set the pace', () => {
    // Host and device take turns: the 6 ms of the kernel become 3.
    const paced = `
      main      l-Y-----
      stream 7   K-----
    `;
    const half = (derived: RunDerived): Repair['changes'] => [
      { kind: 'scale', spans: spansNamed(derived, 'gemm'), factor: 0.5 },
    ];
    near(savedMs(drawRun([paced], { steps: STEPS }), half), 3, 0.01);
    // Nobody waits for it: the host's 12 ms set the pace.
    const ahead = `
      main      lF----------
      stream 7   K-----
    `;
    near(savedMs(drawRun([ahead], { steps: STEPS }), half), 0, 0.01);
  });

  it('joins ranks at their collectives: what one rank saves, the last one allows', () => {
    const rank = (waits: number): string => `
      main      D${'-'.repeat(waits - 1)}l${' '.repeat(9 - waits)}Y-----
      stream 9  ${' '.repeat(waits + 1)}C${'-'.repeat(12 - waits)}
    `;
    const run = drawRun([rank(2), rank(8)], { steps: STEPS });
    // Rank 1 comes 6 ms after rank 0. Alone it gains no more than to come when rank 0 does.
    const only =
      (row: number) =>
      ({ ranks }: RunDerived): Repair['changes'] => [
        {
          kind: 'skip-host',
          intervals: ranks.map(({ tables }, i) =>
            i === row ? tables.loaderWaits.waits : uniteIntervals([], []),
          ),
        },
      ];
    near(savedMs(run, only(1)), 6, 0.2);
    near(savedMs(run, only(0)), 0, 0.2);
  });

  it('says why timing spans with a device are not replayed', () => {
    const run = drawRun(['main F-l\nstream 7   K-'], { steps: 3, meta: { format: 'spans' } });
    const { ranks, alignment } = deriveRun(run);
    const graph = buildStepGraph(ranks, alignment);
    assert.ok('reason' in graph);
    assert.match(graph.reason, /Timing spans do not tell/);
  });
});

const DLRM_RANKS = [
  'worker0_step_12.1694128201545',
  'worker1_step_12.1694128201556',
  'worker2_step_12.1694128201554',
  'worker3_step_12.1694128201557',
  'worker4_step_12.1694128201547',
  'worker5_step_12.1694128201549',
  'worker6_step_12.1694128201553',
  'worker7_step_12.1694128201553',
];

const REAL_RUNS: readonly (readonly string[])[] = [
  ['kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz'],
  DLRM_RANKS.map((name) => `kineto/dlrm-8-ranks/${name}.pt.trace.json.gz`),
  [0, 1].map((rank) => `kineto/hta-two-ranks/sampled_rank-${rank}.json.gz`),
  ['kineto/hta-nccl-2024.json.gz'],
  ['kineto/nanogpt-before-after/before-rank-00-chrome-trace.json.gz'],
  ['kineto/rocm-resnet-checkpoint-rank0of8.json.gz'],
  [0, 1].map((rank) => `torch-cpu/ddp2_w1_slow_straggler1/rank${rank}.pt.trace.json.gz`),
];

/** Troubles whose true cost the simulator knows from the same run without them. */
const PLANTED: readonly {
  readonly title: string;
  readonly detector: string;
  readonly config: Parameters<typeof simulationOf>[0];
}[] = [
  {
    title: 'a loader that is too slow',
    detector: 'data-stall',
    config: { troubles: [{ kind: 'slow-augment', extraNs: 1_200e6 }] },
  },
  {
    title: 'values read in each step',
    detector: 'host-sync',
    config: { troubles: [{ kind: 'item-sync', perStep: 4, thinkNs: 6e6 }] },
  },
  {
    title: 'pauses for the garbage collector, on two ranks in turn',
    detector: 'gc-pause',
    config: { ranks: 2, troubles: [{ kind: 'gc-pause', every: 6, pauseNs: 300e6 }] },
  },
  {
    title: 'checkpoints',
    detector: 'checkpoint-stall',
    config: { ranks: 2, troubles: [{ kind: 'checkpoint', every: 5, pauseNs: 300e6 }] },
  },
];

describe('the saving of a finding by replay', () => {
  for (const { title, detector, config } of PLANTED) {
    it(`is what the run takes less without ${title}`, async () => {
      const simulated = simulationOf({ steps: 40, ...config }, 5);
      const { report } = analyzeRun(await readSimulated(simulated));
      const [{ savingNs }] = simulated.truth.troubles;
      const finding = report.findings.find(({ id }) => id === detector);
      const recordedNs = report.replay?.recordedNs ?? NaN;
      assert.ok(finding?.whatIf !== undefined);
      near(finding.savingNsPerStep / savingNs.mean, 1, 0.05);
      near((recordedNs - finding.whatIf.stepNs) / savingNs.mean, 1, 0.05);
      assert.match(
        finding.whatIf.text,
        /^If .+, the mean step would take .+ instead of .+× as fast\.$/,
      );
      assert.equal(report.replay?.isUsed, true);
    }).timeout(60_000);
  }
});

describe('the savings of several findings by replay', () => {
  it('are together what the run takes less without all of them', async () => {
    // The pauses for memory partly hide behind those for logging, so alone each saves more than beside the other.
    const troubles = [
      { kind: 'allocator-churn', perStep: 4, callNs: 8e6 },
      { kind: 'logging', every: 5, pauseNs: 200e6 },
    ] as const;
    const simulated = simulationOf({ steps: 40, ranks: 2, troubles }, 3);
    const { findings } = analyzeRun(await readSimulated(simulated)).report;
    const { stepTime, healthyStepTime } = simulated.truth;
    const saved = findings.reduce((sum, { savingNsPerStep }) => sum + savingNsPerStep, 0);
    near(saved / (stepTime.meanNs - healthyStepTime.meanNs), 1, 0.05);
  }).timeout(60_000);
});

describe('a replay of real steps', () => {
  for (const files of REAL_RUNS) {
    itWithShared(`gives those recorded of ${files[0]} to 3 %`, files, async (paths) => {
      const { replay } = replayOf(await readRun(paths));
      assert.ok(replay.stepCount > 0);
      assert.ok(replay.errorPercent <= 3, `${replay.errorPercent} %`);
      near(replay.replayedNs / replay.recordedNs, 1, 0.03);
    });
  }
});
