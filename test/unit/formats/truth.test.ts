import assert from 'node:assert/strict';
import { readText, viewSpans } from '../../support/read-bytes.ts';

const span = (name: string, ts: number): string =>
  `{"ph":"X","cat":"cpu_op","name":"${name}","pid":1,"tid":1,"ts":${ts},"dur":5}`;
const kineto = (base: bigint | null, ...events: string[]): string =>
  `{"schemaVersion":1,${base === null ? '' : `"baseTimeNanoseconds":${base},`}"traceEvents":[${events.join(',')}]}`;

describe('truth of what was read', () => {
  it('gives each document of a file the times of its own base', async () => {
    const first = 1_759_300_074_000_000_000n;
    const later = 1_767_189_312_000_000_123n;
    const documents = [
      kineto(first, span('a', 1000.5)),
      // The same moment and a second later, told from the other base.
      kineto(later, span('b', 1000.5 - 7_889_238e6), span('c', 1000.5 - 7_888_238e6 + 1e6 - 1e6)),
    ];
    const trace = await readText(documents.join('\n'));
    assert.deepEqual(
      viewSpans(trace).map(({ name, start }) => [name, start]),
      [
        ['a', 0],
        ['b', 123],
        ['c', 1e12 + 123],
      ],
    );
    assert.equal(trace.meta.originNs, first + 1_000_500n);
    const same = await readText(
      [kineto(first, span('a', 1)), kineto(first, span('b', 2))].join(''),
    );
    assert.deepEqual(
      viewSpans(same).map(({ start }) => start),
      [0, 1000],
    );
  });

  it('counts as repaired only what is kept', async () => {
    const bad = String.raw`"args":{"x":"\q"}`;
    const lone = `{"ph":"E","pid":1,"tid":1,"ts":2,${bad}}`;
    const pair = `{"ph":"B","name":"a","pid":1,"tid":1,"ts":3,${bad}},{"ph":"E","pid":1,"tid":1,"ts":4}`;
    const trace = await readText(`[${lone},${pair}]`);
    assert.deepEqual(trace.counts, { read: 3, kept: 2, repaired: 1, dropped: 1, clipped: 0 });
    const stray = `{"ph":"X","name":"s","pid":1,"tid":1,"ts":1,"dur":1,${bad}}`;
    const moved = await readText(`[${stray},${span('a', 1.7e15)},${span('b', 1.7e15)}]`);
    assert.deepEqual(moved.counts, { read: 3, kept: 2, repaired: 0, dropped: 1, clipped: 0 });
  });

  it('keeps the warnings and errors of the profiler', async () => {
    const warning = (n: number): string =>
      `WARNING:2024-07-15 10:52:3${n} 1074:1074 CuptiActivityApi.cpp:24${n}] Dropped ${n} activity records`;
    const text = `{"schemaVersion":1,"INFO":["INFO:fine"],"WARNING":${JSON.stringify([warning(1), warning(2), 'odd'])},"ERROR":["ERROR:2024-07-15 10:52:38 1:1 a.cpp:1] no memory"],"traceEvents":[${span('a', 1)}]}`;
    const { meta } = await readText(text);
    assert.deepEqual(meta.messages, [
      { level: 'warning', text: 'Dropped 1 activity records', count: 2 },
      { level: 'warning', text: 'odd', count: 1 },
      { level: 'error', text: 'no memory', count: 1 },
    ]);
    for (const value of ['null', '3', '{"a":1}', '[1,null]', `"${'x'.repeat(9_000)}"`]) {
      const odd = await readText(
        `{"schemaVersion":1,"WARNING":${value},"traceEvents":[${span('a', 1)}]}`,
      );
      assert.equal(odd.meta.messages, undefined);
    }
  });
});
