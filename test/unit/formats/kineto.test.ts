import assert from 'node:assert/strict';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import { findSpan, fixture, readBytes, readText, viewSpans } from '../../support/read-bytes.ts';

describe('kineto', () => {
  it('reads the layout of 2020', async () => {
    const trace = await readBytes(fixture('kineto/2020.json'));
    assert.equal(trace.meta.format, 'kineto');
    assert.deepEqual(trace.counts, { read: 12, kept: 12, repaired: 0, dropped: 0, clipped: 0 });
    assert.deepEqual(viewSpans(trace), [
      {
        name: 'ProfilerStep#5',
        lane: 'thread 25738 (python)',
        category: 'cpu-op',
        start: 0,
        duration: 1_000_000,
      },
      {
        name: 'cudaLaunchKernel',
        lane: 'thread 25738 (python)',
        category: 'runtime',
        start: 70_000,
        duration: 20_000,
      },
      {
        name: 'cask_cudnn::computeOffsetsKernel(cask_cudnn::ComputeOffsetsParams)',
        lane: 'stream 7',
        category: 'kernel',
        start: 170_000,
        duration: 2_000,
      },
      {
        name: 'Memcpy HtoD (Pageable -> Device)',
        lane: 'stream 7',
        category: 'memcpy',
        start: 270_000,
        duration: 1_940_000,
      },
    ]);
    assert.equal(trace.meta.originNs, 1_623_142_623_460_230_000n);
  });

  it('joins the string threads of 2020 with the numbers on flows', async () => {
    const trace = await readBytes(fixture('kineto/2020.json'));
    assert.deepEqual(
      trace.lanes.map((lane) => lane.name),
      ['thread 25738 (python)', 'stream 7'],
    );
    assert.deepEqual([...trace.flows.lane], [0, 1]);
    assert.deepEqual([...trace.flows.part], [0, 2]);
    assert.deepEqual([...trace.flows.id], [34441, 34441]);
    assert.deepEqual([...trace.instants.lane], [0]);
  });

  it('takes ids in either spelling, and call stacks', async () => {
    const { spans, strings, meta } = await readBytes(fixture('kineto/2020.json'));
    assert.deepEqual([...(spans.externalId ?? [])], [2, 544, 544, 0]);
    assert.deepEqual([...(spans.correlation ?? [])], [0, 34441, 34441, 0]);
    assert.equal(strings[spans.stack?.[0] ?? 0], 'a.py(1): f;b.py(2): g');
    assert.equal(meta.hasStacks, true);
  });

  it('reads the layout of 2024 to the nanosecond', async () => {
    const trace = await readBytes(fixture('kineto/2024.json'));
    const spans = viewSpans(trace);
    const kernel = spans.find((span) => span.category === 'kernel');
    // 6322354295053.712 - 6322354283892.300 µs.
    assert.equal(kernel?.start, 11_161_412);
    assert.equal(kernel.duration, 744_763);
    assert.equal(trace.meta.originNs, 1_759_300_074_000_000_000n + 6_322_354_283_892_300n);
    assert.equal(trace.counts.read, 15);
    assert.equal(trace.counts.kept, 15);
  });

  it('takes the rank, the world and the devices from the file', async () => {
    const { meta } = await readBytes(fixture('kineto/2024.json'));
    assert.equal(meta.rank, 3);
    assert.equal(meta.worldSize, 8);
    assert.equal(meta.backend, 'nccl');
    assert.deepEqual(meta.devices, [
      {
        index: 0,
        name: 'NVIDIA H100 80GB HBM3',
        memoryBytes: 85_024_112_640,
        computeCapability: 9,
      },
    ]);
  });

  it('keeps what is mirrored onto a device apart from its work', async () => {
    const trace = await readBytes(fixture('kineto/2024.json'));
    assert.deepEqual(
      trace.lanes.map(({ kind, name, device, count }) => ({ kind, name, device, count })),
      [
        { kind: 'thread', name: 'thread 76', device: null, count: 4 },
        { kind: 'logical', name: 'profiler overhead', device: null, count: 1 },
        { kind: 'device-annotations', name: 'stream 23 annotations', device: null, count: 2 },
        { kind: 'stream', name: 'stream 23', device: 3, count: 1 },
      ],
    );
  });

  it('puts the longer of two spans that start together first', async () => {
    const spans = viewSpans(await readBytes(fixture('kineto/2024.json')));
    assert.deepEqual(
      spans.slice(0, 2).map((span) => span.name),
      ['train.py(61): main', 'ProfilerStep#10'],
    );
  });

  it('never lets the profiler stretch the bounds', async () => {
    const trace = await readBytes(fixture('kineto/2024.json'));
    const spans = viewSpans(trace);
    assert.equal(Math.min(...spans.map((span) => span.start)), 0);
    assert.equal(Math.max(...spans.map((span) => span.start + span.duration)), 60_000_001);
    const overhead = spans.find((span) => span.category === 'overhead');
    // From 892.3 µs before the first span to 107.7 µs after it.
    assert.equal(overhead?.start, 0);
    assert.equal(overhead.duration, 107_700);
    assert.equal(trace.counts.clipped, 1);
    assert.ok(!trace.lanes.some((lane) => lane.processId === 'Spans' || lane.processId === ''));
    assert.equal(trace.instants.length, 0);
  });

  it('reads the metadata of collectives from host and device', async () => {
    const trace = await readBytes(fixture('kineto/2024.json'));
    const { collectives, strings } = trace;
    assert.deepEqual(
      [...collectives.span].map((span) => SPAN_CATEGORIES[trace.spans.category[span]]),
      ['cpu-op', 'kernel'],
    );
    assert.deepEqual(
      [...collectives.operation].map((row) => strings[row]),
      Array(2).fill('_reduce_scatter_base'),
    );
    assert.deepEqual(
      [...collectives.group].map((row) => strings[row]),
      ['0', '0'],
    );
    assert.deepEqual([...collectives.sequence], [12, -1]);
    assert.deepEqual([...collectives.elements], [96, 96]);
  });

  it('says where each span begins in the file', async () => {
    const bytes = fixture('kineto/2024.json');
    const trace = await readBytes(bytes);
    const text = new TextDecoder().decode(bytes);
    const at = trace.spans.byteOffset[findSpan(trace, 'cudaLaunchKernelExC')];
    assert.equal(at, text.lastIndexOf('{', text.indexOf('"cudaLaunchKernelExC"')));
  });

  it('counts an event as device work by its category, not by an argument', async () => {
    const trace = await readText(
      '{"schemaVersion": 1, "traceEvents": [{"ph": "X", "cat": "cpu_op", "name": "triton", "pid": 1, "tid": 1, "ts": 1, "dur": 1, "args": {"stream": 7, "device": 0}}]}',
    );
    assert.deepEqual(
      viewSpans(trace).map((span) => span.category),
      ['cpu-op'],
    );
    assert.equal(trace.lanes[0].kind, 'thread');
  });

  it('finds the base time before or behind the events', async () => {
    const event =
      '{"ph": "X", "cat": "cpu_op", "name": "a", "pid": 1, "tid": 1, "ts": 2.5, "dur": 1}';
    const before = await readText(
      `{"schemaVersion": 1, "baseTimeNanoseconds": 1759300074000000001, "traceEvents": [${event}]}`,
    );
    const behind = await readText(
      `{"schemaVersion": 1, "traceEvents": [${event}], "baseTimeNanoseconds": 1759300074000000001}`,
    );
    assert.equal(before.meta.originNs, 1_759_300_074_000_002_501n);
    assert.equal(behind.meta.originNs, before.meta.originNs);
  });

  it('has no rank where the file tells none', async () => {
    const trace = await readText(
      '{"schemaVersion": 1, "distributedInfo": {"backend": "nccl"}, "traceEvents": []}',
    );
    assert.equal(trace.meta.rank, null);
    assert.equal(trace.meta.backend, 'nccl');
    assert.equal(trace.meta.originNs, null);
  });

  it('keeps what the allocator held after each allocation as counters of the device', async () => {
    const memory = (ts: number, args: object) => ({
      ...{ ph: 'i', s: 't', name: '[memory]', pid: 1, tid: 1 },
      ts,
      args,
    });
    const gpu = { 'Device Type': 1, 'Device Id': 2, Bytes: 512 };
    const { counters, instants, strings, counts } = await readText(
      JSON.stringify({
        schemaVersion: 1,
        deviceProperties: [],
        traceEvents: [
          { ph: 'X', cat: 'cpu_op', name: 'aten::empty', pid: 1, tid: 1, ts: 10, dur: 5 },
          memory(11, { ...gpu, 'Total Allocated': 4_096, 'Total Reserved': 8_192 }),
          memory(12, { 'Device Type': 0, 'Device Id': -1, Bytes: 4, 'Total Allocated': 100 }),
          memory(13, gpu),
        ],
      }),
    );
    assert.equal(instants.length, 3);
    assert.equal(counts.kept, 4);
    assert.deepEqual(
      Array.from(counters.value, (value, i) => [strings[counters.series[i]], value]),
      [
        ['memory allocated, GPU 2', 4_096],
        ['memory reserved, GPU 2', 8_192],
        ['memory allocated, CPU', 100],
      ],
    );
  });
});
