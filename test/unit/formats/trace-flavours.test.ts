import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { PHASES } from '../../../src/core/model/phase.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { findSpan, readText, listSpans } from '../../support/read-bytes.ts';
import {
  horovodTimeline,
  jaxTrace,
  oldTensorFlowTrace,
  rayTimeline,
  sageMakerTimeline,
  vizTrace,
} from '../../support/trace-flavours.ts';

function reportOf(trace: Trace): Report {
  return analyzeRun({ name: 'run', ranks: [{ rank: 0, file: 'a.json', trace }] }).report;
}

function assertAllKept({ counts, problems }: Trace, events: number): void {
  assert.deepEqual(counts, { read: events, kept: events, repaired: 0, dropped: 0, clipped: 0 });
  assert.deepEqual(problems, []);
}

describe('trace events of', () => {
  describe('JAX and TensorFlow 2', () => {
    it('streams are device work, derived lines are not, and names are those of other profilers', async () => {
      const trace = await readText(jaxTrace());
      assert.equal(trace.meta.format, 'tensorflow');
      assertAllKept(trace, 24);
      assert.deepEqual(listSpans(trace).slice(0, 3), [
        ['/host:CPU · python', 'train', 'step', 0, 90_000],
        ['/host:CPU · python', 'train.py(12): train_step', 'python', 5_000, 80_000],
        ['/host:CPU · python', 'cuLaunchKernel', 'runtime', 8_000, 4_000],
      ]);
      assert.deepEqual(listSpans(trace).slice(6, 12), [
        ['/device:GPU:2 · XLA Modules', 'jit_step', 'device-annotation', 20_000, 60_000],
        ['/device:GPU:2 · XLA Modules', 'jit_step', 'device-annotation', 120_000, 60_000],
        ['/device:GPU:2 · Steps', '0', 'device-annotation', 20_000, 60_000],
        ['/device:GPU:2 · Steps', '1', 'device-annotation', 120_000, 60_000],
        ['/device:GPU:2 · Stream #16(Compute)', 'fusion_7', 'kernel', 20_000, 40_500],
        [
          '/device:GPU:2 · Stream #16(Compute)',
          'ncclDevKernel_AllReduce_Sum_f32_RING_LL',
          'kernel',
          70_000,
          10_000,
        ],
      ]);
      const { spans, lanes, strings } = trace;
      assert.deepEqual(
        lanes.filter(({ kind }) => kind === 'stream').map(({ device }) => device),
        [2, 2],
      );
      const kernel = findSpan(trace, 'fusion_7');
      assert.equal(spans.correlation?.[kernel], 7);
      assert.equal(PHASES[spans.recordedPhase![kernel]], 'backward');
      assert.equal(`${strings[spans.file![kernel]]}:${spans.line![kernel]}`, '/home/me/net.py:31');
      assert.ok(findSpan(trace, 'Memcpy HtoD (Pinned -> Device)') > 0);
    });

    it('steps, launches and classes of device time reach the report', async () => {
      const report = reportOf(await readText(jaxTrace()));
      const [{ stepTime, deviceWindow }] = report.ranks;
      assert.equal(stepTime?.count, 2);
      assert.deepEqual(
        [deviceWindow?.computeNs, deviceWindow?.communicationNs, deviceWindow?.copyNs],
        [81_000, 20_000, 10_000],
      );
    });
  });

  it('TensorFlow 1: what is on all streams is the work, and counts once', async () => {
    const trace = await readText(oldTensorFlowTrace());
    assert.equal(trace.meta.format, 'tensorflow');
    assertAllKept(trace, 9);
    assert.deepEqual(
      trace.lanes.filter(({ count }) => count > 0).map(({ kind, device }) => [kind, device]),
      [
        ['logical', null],
        ['device-annotations', null],
        ['stream', 0],
      ],
    );
    assert.deepEqual([...trace.flows.part], [0, 1]);
    assert.equal(reportOf(trace).ranks[0].deviceWindow?.computeNs, 40_000);
  });

  it('Horovod: a tensor is no thread, and what it does is communication', async () => {
    const trace = await readText(horovodTimeline());
    assert.equal(trace.meta.format, 'horovod');
    assertAllKept(trace, 7);
    assert.deepEqual(listSpans(trace), [
      ['grad/weights_0', 'NEGOTIATE_ALLREDUCE', 'annotation', 0, 200_000],
      ['grad/weights_0', 'ALLREDUCE', 'annotation', 200_000, 100_000],
      ['grad/weights_0', 'NCCL_ALLREDUCE', 'annotation', 210_000, 80_000],
    ]);
    assert.equal(trace.lanes[0].kind, 'logical');
    const { verdict, findings } = reportOf(trace);
    assert.deepEqual([verdict.kind, findings], ['inconclusive', []]);
  });

  it('Ray: workers are no threads of a training loop, whatever their tasks are called', async () => {
    const trace = await readText(rayTimeline());
    assert.equal(trace.meta.format, 'ray');
    assertAllKept(trace, 4);
    assert.equal(trace.meta.originNs, 1_563_916_713_838_008_500n);
    assert.deepEqual(listSpans(trace), [
      ['worker 80d6d4ac', 'evaluate', 'cpu-op', 0, 900_000],
      ['worker 80d6d4ac', 'task:execute', 'cpu-op', 10_000, 800_000],
      ['worker 80d6d4ac', 'Learner loop', 'annotation', 20_000, 300_000],
      ['worker 80d6d4ac', 'worker_idle', 'cpu-op', 1_000_000, 50_000],
    ]);
    const { verdict, findings, ranks } = reportOf(trace);
    assert.deepEqual([verdict.kind, findings, ranks[0].phases], ['inconclusive', [], []]);
  });

  it('VizTracer: functions are frames, on the wall clock', async () => {
    const trace = await readText(vizTrace());
    assert.equal(trace.meta.format, 'viztracer');
    assertAllKept(trace, 4);
    assert.deepEqual(listSpans(trace), [
      ['MainProcess · MainThread', '/home/me/train.py(8): main', 'python', 0, 100_500],
      ['MainProcess · MainThread', 'time.sleep', 'python', 9_372, 50_000],
    ]);
    assert.equal(trace.meta.hasStacks, true);
    assert.equal(trace.meta.originNs, 1_767_325_615_000_000_000n + 81_995_849_580_628n);
  });

  it('VizTracer: a buffer that overflowed is told', async () => {
    const trace = await readText(vizTrace(true));
    assertAllKept(trace, 4);
    const { health } = reportOf(trace);
    assert.equal(health.level, 'poor');
    assert.match(health.notes[0].text, /lost part of its recording.*the buffer overflowed/);
  });

  it('the SageMaker debugger: steps have their numbers, input is data', async () => {
    const trace = await readText(sageMakerTimeline());
    assert.equal(trace.meta.format, 'sagemaker');
    assertAllKept(trace, 6);
    assert.equal(trace.meta.originNs, 1_594_662_597_687_738_000n + 1_000_000n);
    assert.deepEqual([...trace.spans.step!], [1, 0, 2, 0]);
    const [{ stepTime, phases }] = reportOf(trace).ranks;
    assert.equal(stepTime?.count, 2);
    assert.equal(phases.find(({ phase }) => phase === 'data')?.totalNs, 180_000);
  });

  it('IBM AIU: threads beyond 2^63 stay apart', async () => {
    const tids = ['15514734831341844875', '15514734831341844876'];
    const event = (tid: string, ph: string, ts: number): string =>
      `{"attr":{"Power":"3620872431"},"name":"add_11 Cmpt Prep","ph":"${ph}","pid":0,"tid":${tid},"ts":${ts}}`;
    const events = tids.flatMap((tid) => [
      event(tid, 'B', 2_097_962_447_511.067),
      event(tid, 'E', 2_097_962_447_513),
    ]);
    const trace = await readText(`[${events.join(',')}]`);
    assertAllKept(trace, 4);
    assert.deepEqual(
      trace.lanes.map(({ threadId, count }) => [threadId, count]),
      tids.map((tid) => [tid, 1]),
    );
    assert.deepEqual([...trace.spans.duration], [1_933, 1_933]);
  });
});
