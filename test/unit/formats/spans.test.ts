import assert from 'node:assert/strict';
import { PHASES } from '../../../src/core/model/phase.ts';
import { findSpan, fixture, readBytes, readText, viewSpans } from '../../support/read-bytes.ts';

describe('spans', () => {
  it('reads spans, steps, counters and events', async () => {
    const trace = await readBytes(fixture('spans/rank1.spans.jsonl'));
    assert.equal(trace.meta.format, 'spans');
    assert.deepEqual(viewSpans(trace), [
      { name: 'next(loader)', lane: 'main', category: 'recorded', start: 0, duration: 5_000_000 },
      {
        name: 'forward',
        lane: 'main',
        category: 'recorded',
        start: 5_001_000,
        duration: 8_123_456,
      },
      {
        name: 'all_reduce',
        lane: 'communication',
        category: 'recorded',
        start: 13_999_000,
        duration: 250_000,
      },
      { name: 'step', lane: 'steps', category: 'step', start: 0, duration: 20_000_000 },
      {
        name: 'forward',
        lane: 'device',
        category: 'recorded',
        start: 5_101_000,
        duration: 8_000_000,
      },
    ]);
    assert.deepEqual([...trace.counters.value], [123456]);
    assert.deepEqual(
      [...trace.instants.name].map((row) => trace.strings[row]),
      ['checkpoint'],
    );
  });

  it('takes place, step and phase from the lines', async () => {
    const { spans, strings } = await readBytes(fixture('spans/rank1.spans.jsonl'));
    assert.deepEqual(
      [...(spans.file ?? [])].map((row) => strings[row]),
      ['train.py', 'train.py', 'train.py', '', 'train.py'],
    );
    assert.deepEqual([...(spans.line ?? [])], [41, 61, 30, 0, 61]);
    assert.deepEqual([...(spans.step ?? [])], [1, 1, 1, 1, 1]);
    assert.deepEqual(
      [...(spans.recordedPhase ?? [])].map((phase) => PHASES[phase]),
      ['data', 'forward', 'communication', 'none', 'forward'],
    );
  });

  it('takes the run from the header', async () => {
    const { meta, lanes } = await readBytes(fixture('spans/rank1.spans.jsonl'));
    assert.equal(meta.rank, 1);
    assert.equal(meta.worldSize, 2);
    assert.equal(meta.runName, 'resnet-aug');
    assert.equal(meta.script, 'train.py');
    assert.deepEqual(meta.devices, [
      { index: 1, name: 'NVIDIA A100', memoryBytes: null, computeCapability: null },
    ]);
    assert.equal(meta.originNs, 1_763_724_000_123_457_789n);
    assert.equal(meta.hostClock, 'perf_counter of node-a');
    assert.deepEqual(
      lanes.map(({ kind, device }) => [kind, device]),
      [
        ['thread', null],
        ['logical', null],
        ['logical', null],
        ['stream', 1],
      ],
    );
  });

  it('gives collectives their group and number', async () => {
    const trace = await readBytes(fixture('spans/rank1.spans.jsonl'));
    const { collectives, strings } = trace;
    assert.deepEqual([...collectives.span], [findSpan(trace, 'all_reduce')]);
    assert.equal(strings[collectives.group[0]], 'default');
    assert.equal(collectives.sequence[0], 7);
  });

  it('keeps a type that it does not know, and says that the last line is cut', async () => {
    const trace = await readBytes(fixture('spans/rank1.spans.jsonl'));
    assert.deepEqual(trace.counts, { read: 10, kept: 9, repaired: 0, dropped: 1, clipped: 0 });
    assert.deepEqual(
      trace.problems.map(({ kind, reason }) => [kind, reason]),
      [['cut', 'the last line is not whole']],
    );
  });

  it('reads on behind a line that is no JSON', async () => {
    const trace = await readText(
      '{"type":"run","schema":1,"rank":0}\n{"type":"span","name":"a","ts":1,"dur":2}\n{"type":"span","name":"b","ts":\n{"type":"span","name":"c","ts":5,"dur":-2}\n',
    );
    assert.deepEqual(
      viewSpans(trace).map((span) => [span.name, span.duration]),
      [
        ['a', 2],
        ['c', 0],
      ],
    );
    assert.equal(trace.counts.dropped, 1);
    assert.equal(trace.counts.repaired, 1);
  });

  it('loses no nanosecond of times since 1970', async () => {
    const trace = await readText(
      '{"type":"run","rank":0,"startUnixNs":0}\n{"type":"span","name":"a","ts":1763724000123456789,"dur":1}\n{"type":"span","name":"b","ts":1763724000123456790,"dur":1}\n',
    );
    assert.deepEqual(
      viewSpans(trace).map((span) => span.start),
      [0, 1],
    );
    assert.equal(trace.meta.originNs, 1_763_724_000_123_456_789n);
  });

  describe('of a configuration and epochs', () => {
    const header = (config: unknown): string => JSON.stringify({ type: 'run', schema: 1, config });
    const step = (i: number, more: object): string =>
      JSON.stringify({ type: 'step', step: i, ts: 10 * i, dur: 10, ...more });

    it('keeps each value as text', async () => {
      const config = { lr: 0.1, amp: true, run: 'a', sizes: [1, { x: 2 }], none: null };
      const { meta } = await readText(`${header(config)}\n${step(0, {})}\n`);
      assert.deepEqual(
        [...(meta.config ?? [])],
        [
          ['lr', '0.1'],
          ['amp', 'true'],
          ['run', 'a'],
          ['sizes', '[1,{"x":2}]'],
          ['none', 'null'],
        ],
      );
    });

    it('keeps none of what is no configuration', async () => {
      for (const config of [undefined, null, 3, 'x', [1], {}]) {
        const { meta, spans } = await readText(`${header(config)}\n${step(0, {})}\n`);
        assert.equal(meta.config, undefined);
        assert.equal(spans.length, 1);
      }
    });

    it('keeps a bounded part of a large one, however deep', async () => {
      const keys = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, i]));
      const many = (await readText(`${header(keys)}\n${step(0, {})}\n`)).meta.config;
      assert.equal(many?.size, 256);
      const nested = `{"type":"run","config":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
      const deep = (await readText(`${nested}\n${step(0, {})}\n`)).meta.config;
      assert.ok((deep?.get('a') ?? '').length <= 1_000);
    });

    it('counts steps and samples by epoch', async () => {
      const lines = [
        step(0, { epoch: 0, samples: 8 }),
        step(1, { epoch: 0, samples: 4 }),
        step(2, { epoch: 1, samples: 8 }),
        step(3, { epoch: 1 }),
        step(4, { samples: 2 }),
      ];
      const { meta } = await readText(`${header({})}\n${lines.join('\n')}\n`);
      assert.deepEqual(meta.epochs, [
        { epoch: 0, steps: 2, samples: 12 },
        { epoch: 1, steps: 2, samples: null },
        { epoch: null, steps: 1, samples: 2 },
      ]);
      assert.equal((await readText(`${header({})}\n`)).meta.epochs, undefined);
    });
  });
});
