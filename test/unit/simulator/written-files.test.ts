import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { LINES } from '../../../src/simulator/script/places.ts';
import { trainScript } from '../../../src/simulator/script/train-script.ts';
import { eventsOf } from '../../../src/simulator/simulate.ts';
import { readSimulated, simulationOf, textsOf } from '../../support/simulated-run.ts';

const SMALL = { steps: 6, model: { layers: 2 }, ranks: 2 } as const;

interface Event {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly pid: number | string;
  readonly tid: number | string;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Record<string, unknown>;
}

function eventsOfText(text: string): Event[] {
  return (JSON.parse(text) as { traceEvents: Event[] }).traceEvents;
}

function kineto(changes: Parameters<typeof simulationOf>[0] = {}): Event[] {
  const run = simulationOf({ ...SMALL, ...changes });
  return eventsOfText(textsOf(run, 1).get('rank1.pt.trace.json')!);
}

describe('a simulated Kineto trace', () => {
  it('is read whole, with its rank and device', async () => {
    const run = simulationOf({ ...SMALL, recording: { stacks: true } });
    const { ranks } = await readSimulated(run);
    for (const { trace } of ranks) {
      assert.equal(trace.counts.kept, trace.counts.read);
      assert.deepEqual(trace.problems, []);
      assert.equal(trace.meta.worldSize, 2);
    }
    assert.deepEqual(
      ranks.map(({ trace }) => trace.meta.rank),
      [0, 1],
    );
  });

  it('tells every event of the run once', () => {
    const run = simulationOf({ ...SMALL, recording: { stacks: true } });
    const events = eventsOfText(textsOf(run, 0).get('rank0.pt.trace.json')!);
    const simulated = [...eventsOf(run, 0)];
    const count = (category: string): number =>
      events.filter(({ ph, cat }) => ph === 'X' && cat === category).length;
    const hosts = simulated.flatMap(({ host }) => host);
    assert.equal(count('cpu_op'), hosts.filter(({ kind }) => kind === 'operator').length);
    assert.equal(count('cuda_runtime'), hosts.filter(({ kind }) => kind === 'runtime').length);
    assert.equal(count('python_function'), hosts.filter(({ kind }) => kind === 'frame').length);
    const device = simulated.flatMap((step) => step.device);
    assert.equal(count('kernel'), device.filter(({ kind }) => kind === 'kernel').length);
    assert.equal(count('gpu_memcpy'), device.filter(({ kind }) => kind === 'copy').length);
  });

  it('joins each kernel to its call, and each backward operator to its forward one', () => {
    const events = kineto();
    const ends = (cat: string, ph: string): Set<number> =>
      new Set(events.filter((one) => one.cat === cat && one.ph === ph).map(({ id }) => id!));
    const kernels = events.filter(({ cat }) => cat === 'kernel');
    const calls = new Set(
      events.filter(({ cat }) => cat === 'cuda_runtime').map(({ args }) => args!['correlation']),
    );
    const [starts, finishes] = [ends('ac2g', 's'), ends('ac2g', 'f')];
    for (const { args } of kernels) {
      const correlation = args!['correlation'] as number;
      assert.ok(calls.has(correlation) && starts.has(correlation) && finishes.has(correlation));
    }
    // 20 operators and the loss, 6 steps.
    assert.equal(ends('fwdbwd', 's').size, 21 * 6);
    assert.deepEqual(ends('fwdbwd', 's'), ends('fwdbwd', 'f'));
  });

  it('has the steps, annotations and stacks that are asked for', () => {
    const named = (events: readonly Event[], name: string | RegExp): number =>
      events.filter(
        (one) =>
          one.cat !== 'gpu_user_annotation' &&
          (typeof name === 'string' ? one.name === name : name.test(one.name)),
      ).length;
    const all = kineto({ recording: { stacks: true } });
    const none = kineto({ recording: { annotations: false, profilerSteps: false } });
    assert.equal(named(all, /^ProfilerStep#/), 6);
    assert.equal(named(all, 'forward'), 6);
    assert.equal(named(all, `train.py(${LINES.trainStep}): train_step`), 6);
    assert.equal(named(none, /^ProfilerStep#/), 0);
    assert.equal(named(none, 'forward'), 0);
    assert.equal(none.filter(({ cat }) => cat === 'python_function').length, 0);
    for (const library of [/^enumerate\(DataLoader\)#/, /^Optimizer\.step#/]) {
      assert.equal(named(none, library), 6);
    }
    assert.equal(named(none, 'nccl:all_reduce'), 6 * 4);
  });

  it('gives every frame its caller', () => {
    const frames = kineto({ recording: { stacks: true } }).filter(
      ({ cat }) => cat === 'python_function',
    );
    const byId = new Map(frames.map((frame) => [frame.args!['Python id'], frame]));
    let roots = 0;
    for (const frame of frames) {
      const parent = byId.get(frame.args!['Python parent id']);
      if (parent === undefined) {
        roots++;
      } else {
        assert.ok(parent.ts < frame.ts && parent.ts + parent.dur! > frame.ts + frame.dur!);
      }
    }
    assert.equal(roots, 1);
  });

  it('shows the clock of its rank', () => {
    const straight = simulationOf({ ...SMALL });
    const skewed = simulationOf({ ...SMALL, clock: { skewNs: 5_000_000, driftPpm: 40 } });
    const firstAndLast = (run: typeof straight): [number, number] => {
      const kernels = eventsOfText(textsOf(run, 1).get('rank1.pt.trace.json')!).filter(
        ({ cat }) => cat === 'kernel',
      );
      return [kernels[0].ts, kernels.at(-1)!.ts];
    };
    const { offsetNs, driftPpm } = skewed.truth.clocks[1];
    const [first, last] = firstAndLast(skewed);
    const [trueFirst, trueLast] = firstAndLast(straight);
    assert.notEqual(offsetNs, 0);
    const drifted = (last - first) / (trueLast - trueFirst) - 1;
    assert.ok(Math.abs(drifted * 1e6 - driftPpm) < 0.1);
    assert.ok(Math.abs(first - trueFirst - offsetNs / 1_000) < 200);
  });
});

describe('a simulated span file', () => {
  const run = simulationOf({ ...SMALL, recording: { format: 'spans' } });

  it('is read whole, each worker beside its rank', async () => {
    const texts = textsOf(run, 1);
    assert.deepEqual([...texts.keys()].sort(), [
      'rank1.spans.jsonl',
      ...[0, 1, 2, 3].map((worker) => `rank1.worker${worker}.spans.jsonl`),
    ]);
    const { ranks } = await readSimulated(run);
    for (const { trace } of ranks) {
      assert.equal(trace.counts.kept, trace.counts.read);
      assert.deepEqual(trace.problems, []);
    }
  });

  it('names lines of the script that do what it says', () => {
    const script = trainScript('spans').split('\n');
    const lines = textsOf(run, 0).get('rank0.spans.jsonl')!.trim().split('\n');
    const spans = lines
      .map((line) => JSON.parse(line) as { type: string; name: string; line: number })
      .filter(({ type }) => type === 'span');
    const named = ['h2d', 'forward', 'loss', 'backward', 'optimizer', 'loss.item'];
    for (const name of named) {
      const span = spans.find((one) => one.name === name)!;
      assert.ok(script[span.line - 1].includes(`sleuth.span("${name}")`));
    }
    const loader = spans.find(({ name }) => name === 'next(loader)')!;
    assert.ok(script[loader.line - 1].includes('for step, batch in'));
  });

  it('times compute on the device up to where its stream goes on, reductions included', () => {
    const lines = textsOf(run, 0).get('rank0.spans.jsonl')!.trim().split('\n');
    const spans = lines.map(
      (line) =>
        JSON.parse(line) as { name: string; lane: string; step: number; ts: number; dur: number },
    );
    for (let step = 0; step < run.config.steps; step++) {
      const of = (name: string, lane: string) =>
        spans.filter((one) => one.step === step && one.name === name && one.lane === lane);
      const [onHost] = of('backward', 'main');
      const [onDevice] = of('backward', 'device');
      const reductions = of('all_reduce', 'communication');
      assert.equal(reductions.length, run.config.communication.buckets);
      const end = onDevice.ts + onDevice.dur;
      assert.ok(end > onHost.ts + onHost.dur, 'the host runs ahead');
      assert.equal(end, Math.max(...reductions.map(({ ts, dur }) => ts + dur)));
      reductions.forEach(({ ts }) => assert.ok(ts >= onDevice.ts));
    }
  });

  it('has as many steps as were simulated', async () => {
    const { report } = analyzeRun(await readSimulated(run));
    assert.equal(report.run.steps.total, 6);
    assert.equal(report.ranks.length, 2);
  });
});

describe('the simulated script', () => {
  it('has the same lines for both formats', () => {
    const [kinetoLines, spanLines] = (['kineto', 'spans'] as const).map((format) =>
      trainScript(format).split('\n'),
    );
    assert.equal(kinetoLines.length, spanLines.length);
    assert.ok(!kinetoLines.some((line) => line.includes('$')));
    kinetoLines.forEach((line, i) => {
      assert.equal(line.startsWith('def '), spanLines[i].startsWith('def '));
    });
  });
});
