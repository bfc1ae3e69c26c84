import assert from 'node:assert/strict';
import { loosenJson } from '../../../src/core/formats/json/loosen-json.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';

function event(name: string, ts: number | string, more = ''): string {
  return `{"ph":"X","name":"${name}","pid":1,"tid":1,"ts":${ts},"dur":1${more}}`;
}

function names(trace: Trace): string[] {
  return viewSpans(trace).map((span) => span.name);
}

function told(trace: Trace): [kind: string, reason: string][] {
  return trace.problems.map(({ kind, reason }) => [kind, reason]);
}

const ANOTHER = ['repaired', 'another JSON document begins here: its events are read as well'];

describe('JSON in the wild', () => {
  for (const [title, text, expected] of [
    ['two arrays', `[${event('a', 1)}]\n[${event('b', 2)}]`, [ANOTHER]],
    ['two arrays, with a comma between', `[${event('a', 1)}],[${event('b', 2)}]`, [ANOTHER]],
    [
      'two objects',
      `{"traceEvents":[${event('a', 1)}]}{"traceEvents":[${event('b', 2)}]}`,
      [ANOTHER],
    ],
    [
      'two objects on a line each',
      `{"traceEvents":[${event('a', 1)}]}\n{"traceEvents":[${event('b', 2)}]}\n`,
      [ANOTHER],
    ],
    [
      'an object, then an array',
      `{"x":1,\n"traceEvents":[${event('a', 1)}]}[${event('b', 2)}]`,
      [ANOTHER],
    ],
    ['an array, then events alone', `[${event('a', 1)}]\n${event('b', 2)}`, [ANOTHER]],
    [
      'an array, then text',
      `[${event('a', 1)},${event('b', 2)}]\nTraining done.\n[1]`,
      [['repaired', 'the JSON document ends before this: what follows is not read']],
    ],
  ] as const) {
    it(`${title}: one file may hold several documents`, async () => {
      const whole = await readText(text);
      assert.deepEqual(names(whole), ['a', 'b']);
      assert.deepEqual(whole.counts, { read: 2, kept: 2, repaired: 0, dropped: 0, clipped: 0 });
      assert.deepEqual(told(whole), expected);
      assert.deepEqual(await readText(text, 3), whole);
    });
  }

  it('lines without a break between them are all read', async () => {
    const text = `${event('a', 1)}\n${event('b', 2)}${event('c', 3)}\n${event('d', 4)}\n`;
    const trace = await readText(text);
    assert.deepEqual(names(trace), ['a', 'b', 'c', 'd']);
    assert.deepEqual(told(trace), [['repaired', 'a line break is missing here']]);
    assert.equal(trace.problems[0].byteOffset, text.indexOf(event('c', 3)));
  });

  for (const [title, text] of [
    ['an array', `[${event('a', 1)},${event('b', 2)}]`],
    ['an object', `{"traceEvents":[${event('a', 1)},${event('b', 2)}]}`],
    ['lines', `${event('a', 1)}\n${event('b', 2)}\n`],
  ] as const) {
    it(`a byte order mark before ${title} costs nothing`, async () => {
      for (const chunkBytes of [65_536, 1]) {
        const trace = await readText(`\ufeff${text}`, chunkBytes);
        assert.deepEqual(names(trace), ['a', 'b']);
        assert.deepEqual(trace.problems, []);
      }
    });
  }

  it('a byte order mark before a span file does not cost its header', async () => {
    const lines = [
      { type: 'run', rank: 3, world_size: 8 },
      { type: 'span', name: 'forward', t: 1_000, dur: 500 },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const plain = await readText(text);
    assert.equal(plain.meta.rank, 3);
    const { meta, counts } = await readText(`\ufeff${text}`);
    assert.deepEqual([meta, counts], [plain.meta, plain.counts]);
  });

  it('ids beyond 2^53 stay different, and equal to themselves', async () => {
    const ids = ['9007199254740992', '9007199254740993', '"18446744073709551615"', '7', '"7"'];
    const flows = ids.flatMap((id) => [
      `{"ph":"s","cat":"c","name":"f","id":${id},"pid":1,"tid":1,"ts":1}`,
      `{"ph":"f","cat":"c","name":"f","id":${id},"pid":1,"tid":1,"ts":2}`,
    ]);
    const { flows: columns } = await readText(`[${flows.join(',')}]`);
    const [a, b, c, d, e] = ids.map((_, i) => {
      assert.equal(columns.id[2 * i], columns.id[2 * i + 1]);
      return columns.id[2 * i];
    });
    assert.equal(new Set([a, b, c, d]).size, 4);
    assert.equal(d, e, 'a number and its text are the same id');
  });

  it('correlations, threads and asynchronous ids beyond 2^53 are told apart', async () => {
    const big = (last: number): string => `900719925474099${last}`;
    const trace = await readText(
      `[${[2, 3]
        .flatMap((i) => [
          event(`span ${i}`, 1, `,"cat":"kernel","args":{"correlation":${big(i)}}`),
          `{"ph":"X","name":"thread ${i}","pid":1,"tid":${big(i)},"ts":1,"dur":1}`,
          `{"ph":"b","cat":"c","name":"async ${i}","id":${big(i)},"pid":1,"tid":1,"ts":${i}}`,
        ])
        .concat([2, 3].map((i) => `{"ph":"e","cat":"c","id":${big(i)},"pid":1,"ts":${10 + i}}`))
        .join(',')}]`,
    );
    const correlations = [...trace.spans.correlation!].filter((value) => value !== 0);
    assert.equal(new Set(correlations).size, 2);
    const lanes = viewSpans(trace).filter(({ name }) => name.startsWith('thread'));
    assert.equal(new Set(lanes.map(({ lane }) => lane)).size, 2);
    const durations = viewSpans(trace)
      .filter(({ name }) => name.startsWith('async'))
      .map(({ name, duration }) => [name, duration]);
    assert.deepEqual(durations, [
      ['async 2', 10_000],
      ['async 3', 10_000],
    ]);
  });

  it('times are exact to the nanosecond, as numbers and as strings, whatever the base', async () => {
    const base = 1_736_408_883_688_177n;
    for (const quote of ['', '"']) {
      const events = [0n, 1n, 999n, 1_000n, 123_456_789n].map((ns, i) => {
        const us = base + ns / 1_000n;
        const decimals = String(ns % 1_000n).padStart(3, '0');
        return event(`e${i}`, `${quote}${us}.${decimals}${quote}`);
      });
      const trace = await readText(
        `{"schemaVersion":1,"baseTimeNanoseconds":1759300074000000007,"traceEvents":[${events.join(',')}]}`,
      );
      assert.deepEqual(
        viewSpans(trace).map(({ start }) => start),
        [0, 1, 999, 1_000, 123_456_789],
      );
      assert.equal(trace.meta.originNs, 1_759_300_074_000_000_007n + base * 1_000n);
    }
  });

  it('members around the events are read though they are not quite JSON', async () => {
    const text = `{"schemaVersion":1,
      "distributedInfo":{"backend":"nccl\t","rank":5,"world_size":8,"share":NaN,"note":"C:\\work",},
      "deviceProperties":[{"id":0,"name":"GPU\u0001","totalGlobalMem":Infinity,"x":N/A,},],
      "traceEvents":[${event('a', 1)}]}`;
    const { meta } = await readText(text);
    assert.deepEqual([meta.rank, meta.worldSize, meta.backend], [5, 8, 'nccl\t']);
    assert.deepEqual(meta.devices, [
      { index: 0, name: 'GPU\u0001', memoryBytes: null, computeCapability: null },
    ]);
  });

  it('mending leaves JSON as it is', () => {
    for (const text of [
      '{"a": [1, -2.5e3, true, null, "x,}\\" \\u00e9"], "b": {}}',
      '["\\\\", "//", "{", ",]"]',
      '-0.0',
    ]) {
      assert.equal(loosenJson(text), text);
    }
    assert.equal(
      loosenJson('[NaN, N/A, -Infinity, 01, +1, .5,]'),
      '[null, null, null, null, null, null]',
    );
  });

  it('invalid UTF-8 harms no more than the name that it is in', async () => {
    const sequences = [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf8, 0x88],
      [0xe2, 0x82],
      [0x80],
    ];
    for (const sequence of sequences) {
      const text = `[${event('good', 1)},${event('b#d', 2)},${event('last', 3)}]`;
      const [before, after] = text.split('#').map((part) => Buffer.from(part));
      const trace = await readBytes(Buffer.concat([before, Buffer.from(sequence), after]));
      const [good, bad, last] = names(trace);
      assert.deepEqual([good, last], ['good', 'last']);
      assert.match(bad, /^b\ufffd+d$/);
      assert.equal(trace.counts.repaired, 1);
    }
  });

  it('where a malformed event ends does not depend on the pieces that it comes in', async () => {
    const open = `{"ph":"X","name" {"args":[${event('inner', 1)}`;
    const text = `[${event('first', 1)},${open},${event('a', 2)},${event('b', 3)}]`;
    const whole = await readText(text);
    assert.ok(names(whole).includes('first') && names(whole).includes('b'));
    for (const chunkBytes of [1, 10, 60, 100]) {
      const { counts, spans } = await readText(text, chunkBytes);
      assert.deepEqual([counts, spans], [whole.counts, whole.spans]);
    }
  });

  it('many malformed events cost no more than their bytes', async () => {
    const bad = '{"ph" {"a":[';
    const text = `[${event('first', 1)},${bad.repeat(100_000)}`;
    const started = performance.now();
    const { counts } = await readText(text);
    assert.equal(counts.kept, 1);
    assert.ok(performance.now() - started < 20_000);
  }).timeout(60_000);

  it('a long line in pieces of one byte costs no more than its bytes', async () => {
    const text = `${event('a', 1)}\n${event('x'.repeat(150_000), 2)}\n${event('b', 3)}\n`;
    const started = performance.now();
    assert.equal((await readText(text, 1)).counts.kept, 3);
    assert.ok(performance.now() - started < 5_000);
  }).timeout(60_000);
});
