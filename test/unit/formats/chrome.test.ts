import assert from 'node:assert/strict';
import { fixture, readBytes, readText, viewSpans } from '../../support/read-bytes.ts';

describe('chrome', () => {
  it('reads an array that is never closed, with ends without names and events without threads', async () => {
    const trace = await readBytes(fixture('chrome/unclosed.json'));
    assert.equal(trace.meta.format, 'horovod');
    assert.deepEqual(trace.counts, { read: 8, kept: 8, repaired: 0, dropped: 0, clipped: 0 });
    assert.deepEqual(trace.problems, []);
    const lane = 'DistributedAdam_Allreduce/weights_0';
    assert.deepEqual(viewSpans(trace), [
      { name: 'NEGOTIATE_ALLREDUCE', lane, category: 'annotation', start: 0, duration: 300_000 },
      { name: '0', lane, category: 'annotation', start: 10_000, duration: 0 },
      { name: 'ALLREDUCE', lane, category: 'annotation', start: 400_000, duration: 400_000 },
      { name: 'NCCL_ALLREDUCE', lane, category: 'annotation', start: 410_000, duration: 190_000 },
    ]);
    assert.equal(trace.meta.originNs, null);
  });

  describe('every phase', () => {
    it('is counted', async () => {
      const trace = await readBytes(fixture('chrome/every-phase.json'));
      // Dropped: the sample, the span without a time, the end without a begin.
      assert.deepEqual(trace.counts, { read: 28, kept: 25, repaired: 1, dropped: 3, clipped: 1 });
      assert.deepEqual(
        trace.problems.map(({ kind, reason }) => ({ kind, reason })),
        [
          { kind: 'dropped', reason: 'events of phase P are not shown' },
          { kind: 'dropped', reason: 'this event has no time' },
          { kind: 'repaired', reason: 'a negative or impossible duration: taken as 0' },
          { kind: 'dropped', reason: 'this end has no begin' },
        ],
      );
    });

    it('becomes spans on the lanes where they belong', async () => {
      const trace = await readBytes(fixture('chrome/every-phase.json'));
      const spans = viewSpans(trace).map(({ name, lane, start, duration }) => [
        lane,
        name,
        start,
        duration,
      ]);
      assert.deepEqual(spans, [
        ['thread 15514734831341844875', 'large thread', 97_375, 2_007],
        ['trainer · MainThread', 'step "1" \\ 🚀', 0, 50_500],
        ['trainer · MainThread', 'early', 9_875, 30_000],
        ['trainer · MainThread', 'late', 19_875, 10_000],
        ['trainer · MainThread', 'negative', 40_875, 0],
        ['trainer · thread 2', 'never ends', 4_875, 35_000],
        ['trainer · io', 'read', 9_875, 5_000],
        ['trainer · io', 'read', 10_875, 10_000],
        ['trainer · old', 'task', 29_875, 3_000],
      ]);
    });

    it('gives counters, instants and flows', async () => {
      const { counters, instants, flows, strings } = await readBytes(
        fixture('chrome/every-phase.json'),
      );
      assert.deepEqual(
        [...counters.series].map((row) => strings[row]),
        ['memory', 'memory peak'],
      );
      assert.deepEqual([...counters.value], [10, 25]);
      assert.deepEqual(
        [...instants.name].map((row) => strings[row]),
        ['mark', 'old mark', 'half', 'task'],
      );
      assert.deepEqual([...flows.id], [0x1f, 0x1f, 0x1f]);
      assert.deepEqual([...flows.part], [0, 1, 2]);
    });
  });

  it('reads JSON lines of events', async () => {
    const trace = await readText(
      '{"ph":"X","name":"a","ts":1,"dur":2}\n{"ph":"X","name":"b","ts":4,"dur":2}\n',
    );
    assert.deepEqual(
      viewSpans(trace).map((span) => span.name),
      ['a', 'b'],
    );
  });

  it('knows the moment that the SageMaker debugger counts from', async () => {
    const trace = await readText(
      '[{"ph":"M","name":"process_name","pid":0,"args":{"start_time_since_epoch_in_micros":1594662597687738}},{"ph":"X","name":"a","ts":5,"dur":1}]',
    );
    assert.equal(trace.meta.originNs, 1_594_662_597_687_743_000n);
  });

  it('takes times of this century as absolute, and no others', async () => {
    const absolute = await readText('[{"ph":"X","name":"a","ts":1563916713838008.0,"dur":1}]');
    const relative = await readText('[{"ph":"X","name":"a","ts":77575718041,"dur":1}]');
    assert.equal(absolute.meta.originNs, 1_563_916_713_838_008_000n);
    assert.equal(relative.meta.originNs, null);
  });

  it('reads a trace without events', async () => {
    for (const text of ['[]', '[\n', '{"traceEvents": []}', '[{}]']) {
      const trace = await readText(text);
      assert.equal(trace.meta.format, 'chrome', text);
      assert.equal(trace.spans.length, 0);
      assert.deepEqual(trace.problems, []);
    }
  });
});
