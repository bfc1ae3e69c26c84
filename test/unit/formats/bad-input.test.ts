import assert from 'node:assert/strict';
import { MAX_NAME_BYTES } from '../../../src/core/formats/json/field-reader.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';

const GOOD = '{"ph":"X","name":"good","pid":1,"tid":1,"ts":100,"dur":10}';
const LAST = '{"ph":"X","name":"last","pid":1,"tid":1,"ts":200,"dur":10}';

function between(middle: string): string {
  return `[${GOOD},\n${middle},\n${LAST}]`;
}

function names(trace: Trace): string[] {
  return viewSpans(trace).map((span) => span.name);
}

/** An event between two good ones, and what becomes of the three. */
interface Case {
  readonly title: string;
  readonly event: string;
  readonly names: readonly string[];
  readonly repaired: number;
  readonly dropped: number;
  readonly reason: RegExp;
}

const CASES: readonly Case[] = [
  {
    title: 'a control character in a string',
    event: '{"ph":"X","name":"a\tb\u0001","pid":1,"tid":1,"ts":150,"dur":1}',
    names: ['good', 'a\tb\u0001', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /control character/,
  },
  {
    title: 'an escape that JSON does not have',
    event: String.raw`{"ph":"X","name":"C:\work\x","pid":1,"tid":1,"ts":150,"dur":1}`,
    names: ['good', String.raw`C:\work\x`, 'last'],
    repaired: 1,
    dropped: 0,
    reason: /escape/,
  },
  {
    title: 'bare N/A, NaN and Infinity among the arguments',
    event:
      '{"ph":"X","name":"a","pid":1,"tid":1,"ts":150,"dur":1,"args":{"context":N/A,"x":NaN,"y":-Infinity,"l":[NaN]}}',
    names: ['good', 'a', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /bare word/,
  },
  {
    title: 'a duration that is NaN',
    event: '{"ph":"X","name":"a","pid":1,"tid":1,"ts":150,"dur":NaN}',
    names: ['good', 'a', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /bare word.*; .*duration: taken as 0/,
  },
  {
    title: 'a negative duration',
    event: '{"ph":"X","name":"a","pid":1,"tid":1,"ts":150,"dur":-7.5}',
    names: ['good', 'a', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /negative/,
  },
  {
    title: 'a time that is no number',
    event: '{"ph":"X","name":"a","pid":1,"tid":1,"ts":NaN,"dur":1}',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /no time/,
  },
  {
    title: 'a comma too many and one too few within the event',
    event: '{"ph":"X","name":"a" "pid":1,,"tid":1,"ts":150,"dur":1,}',
    names: ['good', 'a', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /comma/,
  },
  {
    title: 'a key that occurs twice: the last counts, as for JSON.parse',
    event: '{"ph":"X","name":"first","name":"second","pid":1,"tid":1,"ts":150,"dur":1}',
    names: ['good', 'second', 'last'],
    repaired: 1,
    dropped: 0,
    reason: /twice/,
  },
  {
    title: 'a quote that is not escaped',
    event: '{"ph":"X","name":"a "b" c","pid":1,"tid":1,"ts":150,"dur":1}',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /not valid JSON/,
  },
  {
    title: 'a string that is never closed',
    event: '{"ph":"X","name":"a,"pid":1,"tid":1,"ts":150,"dur":1}',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /not valid JSON/,
  },
  {
    title: 'an event that is a number',
    event: '42',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /not an event/,
  },
  {
    title: 'an event that is null',
    event: 'null',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /not an event/,
  },
  {
    title: 'bytes without sense',
    event: '\u0000\u0000}}%%<<<',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /not an event/,
  },
  {
    title: 'a span 300 years away',
    event: '{"ph":"X","name":"a","pid":1,"tid":1,"ts":9.46728e15,"dur":1}',
    names: ['good', 'last'],
    repaired: 0,
    dropped: 1,
    reason: /52 days/,
  },
];

describe('bad input', () => {
  for (const { title, event, reason, ...expected } of CASES) {
    it(title, async () => {
      const text = between(event);
      for (const chunkBytes of [text.length, 5]) {
        // A run of strays before the others would look like the clock, so the good ones come often.
        const trace = await readText(
          text.replace(GOOD, Array(20).fill(GOOD).join(',')),
          chunkBytes,
        );
        assert.deepEqual(names(trace).slice(19), expected.names);
        assert.equal(trace.counts.repaired, expected.repaired);
        assert.equal(trace.counts.dropped, expected.dropped);
        assert.equal(trace.counts.read, trace.counts.kept + trace.counts.dropped);
        assert.match(trace.problems[0].reason, reason);
        const start = text.indexOf(event) + 19 * (GOOD.length + 1);
        assert.equal(trace.problems[0].byteOffset, start);
        assert.ok(trace.problems[0].excerpt.length <= 120);
      }
    });
  }

  it('invalid UTF-8 in a name is replaced and told', async () => {
    const bytes = new TextEncoder().encode(between(GOOD.replace('good', 'b??d')));
    bytes.set([0xff, 0xc3], bytes.indexOf(0x3f));
    const trace = await readBytes(bytes);
    assert.ok(names(trace).includes('b\ufffd\ufffdd'));
    assert.equal(trace.counts.repaired, 1);
    assert.match(trace.problems[0].reason, /UTF-8/);
  });

  it('events without a comma between them, and with one too many', async () => {
    const trace = await readText(`[${GOOD} ${GOOD},,${LAST},]`);
    assert.deepEqual(names(trace), ['good', 'good', 'last']);
    assert.deepEqual(
      trace.problems.map(({ kind, reason }) => [kind, reason]),
      [
        ['repaired', 'a comma is missing here'],
        ['repaired', 'there is a comma too many here'],
        ['repaired', 'there is a comma too many here'],
      ],
    );
  });

  it('an empty file, a text and HTML are named', async () => {
    for (const [text, reason] of [
      ['', /empty/],
      ['hello', /not JSON/],
      ['<html><script>alert(1)</script></html>', /web page/],
      ['{"a": 1}', /without trace events/],
      ['"traceEvents"', /not JSON/],
    ] as const) {
      const trace = await readText(text);
      assert.equal(trace.spans.length, 0);
      assert.deepEqual(
        trace.problems.map((problem) => problem.kind),
        ['unreadable'],
      );
      assert.match(trace.problems[0].reason, reason);
    }
  });

  it('a bomb of 100,000 levels costs no stack and harms no other event', async () => {
    const levels = 100_000;
    const bomb = `{"ph":"X","name":"bomb","pid":1,"tid":1,"ts":150,"dur":1,"args":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    assert.deepEqual(names(await readText(between(bomb))), ['good', 'bomb', 'last']);
    const open = '{"a":'.repeat(levels);
    const cut = await readText(`[${GOOD},${open}`);
    assert.deepEqual(names(cut), ['good']);
    assert.equal(cut.problems[0].kind, 'cut');
  });

  it('a bomb around the events is skipped', async () => {
    const bomb = '[{"a":'.repeat(50_000) + '1' + '}]'.repeat(50_000);
    const trace = await readText(
      `{"junk": ${bomb}, "traceEvents": [${GOOD}], "more": ${bomb}}`,
      1_000,
    );
    assert.deepEqual(names(trace), ['good']);
    assert.deepEqual(trace.problems, []);
  });

  it('a member of 20 MB before the events is skipped, not held', async () => {
    const trace = await readText(`{"junk": "${'x'.repeat(20 << 20)}", "traceEvents": [${GOOD}]}`);
    assert.deepEqual(names(trace), ['good']);
  });

  it('an event larger than 64 MiB is dropped', async () => {
    const head = new TextEncoder().encode(`[${GOOD},{"ph":"X","name":"`);
    const tail = new TextEncoder().encode(`","ts":1,"dur":1},${LAST}]`);
    const bytes = new Uint8Array(head.length + (65 << 20) + tail.length).fill(0x78);
    bytes.set(head);
    bytes.set(tail, bytes.length - tail.length);
    const trace = await readBytes(bytes, 1 << 20);
    assert.deepEqual(names(trace), ['good', 'last']);
    assert.deepEqual(
      trace.problems.map(({ kind, reason }) => [kind, reason]),
      [['dropped', 'this event is too large to be one']],
    );
  }).timeout(60_000);

  it('names of 1 MB are cut to what can be shown, and told', async () => {
    const name = 'é'.repeat(500_000);
    const trace = await readText(between(GOOD.replace('good', name)));
    const [, long] = names(trace)
      .sort((a, b) => a.length - b.length)
      .slice(1);
    assert.ok(new TextEncoder().encode(long).length <= MAX_NAME_BYTES);
    assert.match(long, /^é+…$/);
    assert.equal(trace.counts.repaired, 1);
    assert.match(trace.problems[0].reason, /too long/);
  });

  it('a script in a name is a name', async () => {
    const trace = await readText(
      between(GOOD.replace('good', '</script><img src=x onerror=alert(1)>')),
    );
    assert.ok(names(trace).includes('</script><img src=x onerror=alert(1)>'));
  });

  it('a first event at time 0 does not cost the others their nanoseconds', async () => {
    const events = [1, 2, 3].map(
      (i) => `{"ph":"X","name":"e${i}","ts":1623142623460230.${i}23,"dur":1}`,
    );
    const trace = await readText(`[{"ph":"X","name":"stray","ts":0,"dur":1},${events.join(',')}]`);
    assert.deepEqual(
      viewSpans(trace).map(({ name, start }) => [name, start]),
      [
        ['e1', 0],
        ['e2', 100],
        ['e3', 200],
      ],
    );
    assert.deepEqual(trace.counts, { read: 4, kept: 3, repaired: 0, dropped: 1, clipped: 0 });
  });

  it('more than 100 problems are counted, and the first of each kind described', async () => {
    const bad = '{"ph":"X","name":"a","ts":null}';
    const odd = '{"ph":"Z"}';
    const trace = await readText(
      `[${Array(5_000).fill(bad).join(',')},${Array(5_000).fill(odd).join(',')}]`,
    );
    assert.equal(trace.counts.dropped, 10_000);
    assert.equal(trace.problems.length, 20);
    assert.equal(new Set(trace.problems.map((problem) => problem.reason)).size, 2);
  });

  it('100,000 threads and names make no more lanes than can be shown', async () => {
    const events = Array.from(
      { length: 100_000 },
      (_, i) => `{"ph":"X","name":"n${i}","pid":${i},"tid":${i},"ts":${i},"dur":1}`,
    );
    const trace = await readText(`[${events.join(',')}]`);
    assert.equal(trace.spans.length, 100_000);
    assert.equal(trace.lanes.length, 65_537);
    assert.equal(trace.strings.length, 100_001);
  }).timeout(60_000);
});
