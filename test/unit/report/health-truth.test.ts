import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { findMissingSteps } from '../../../src/core/derived/missing-steps.ts';
import { countOverlaps } from '../../../src/core/derived/overlaps.ts';
import { reportMarkdown } from '../../../src/core/export/markdown.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { readText } from '../../support/read-bytes.ts';
import { readRun } from '../../support/read-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { itWithShared } from '../../support/shared-data.ts';

interface Drawn {
  readonly ts: number;
  readonly dur: number;
  readonly name?: string;
  readonly cat?: string;
  readonly tid?: number | string;
  readonly args?: object;
}

function draw(events: readonly Drawn[], members = ''): Promise<Trace> {
  const lines = events.map((event) =>
    JSON.stringify({ ph: 'X', cat: 'cpu_op', name: 'op', pid: 1, tid: 1, ...event }),
  );
  return readText(`{"schemaVersion":1,${members}"traceEvents":[${lines.join(',\n')}]}`);
}

const analyze = (trace: Trace): Report =>
  analyzeRun({ name: 'drawn', ranks: [{ rank: 0, file: 'drawn.json', trace }] }).report;

/** Each pair compared with each, to the microsecond that traces round to. */
function overlapsOfPairs({ spans, lanes }: Trace): number {
  const endOf = (row: number): number => spans.start[row] + spans.duration[row];
  const cuts = (row: number, other: number): boolean =>
    endOf(other) > spans.start[row] + 1_000 && endOf(other) < endOf(row) - 1_000;
  return lanes
    .filter(({ kind }) => kind === 'thread' || kind === 'stream')
    .flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, i) =>
        Array.from({ length: i }, (__, j) => j).some((j) => cuts(first + i, first + j)),
      ),
    )
    .filter(Boolean).length;
}

describe('health: what the trace lacks and what it says of itself', () => {
  it('counts events that overlap without nesting, and keeps them', async () => {
    const events = [
      { ts: 0, dur: 100 },
      { ts: 10, dur: 20 },
      { ts: 50, dur: 100 },
      { ts: 160, dur: 5 },
      { ts: 60, dur: 10, tid: 2 },
    ];
    const { health } = analyze(await draw(events));
    assert.equal(health.overlaps, 1);
    assert.deepEqual(health.events, { read: 5, kept: 5, repaired: 0, dropped: 0, clipped: 0 });
    assert.match(
      health.notes.find(({ id }) => id === 'overlaps')?.text ?? '',
      /^1 event begins within another/,
    );
  });

  it('agrees with the comparison of all pairs', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20; round++) {
      const events = Array.from({ length: 60 }, () => ({
        ts: Math.floor(random() * 300),
        dur: Math.floor(random() * 60),
        tid: Math.floor(random() * 3),
      }));
      const trace = await draw(events);
      assert.equal(countOverlaps(trace), overlapsOfPairs(trace), `round ${round}`);
    }
  });

  it('names the steps between the first and the last that are not there', async () => {
    const steps = [3, 4, 5, 8, 9, 11].map((step) => ({
      ts: 100 * step,
      dur: 90,
      name: `ProfilerStep#${step}`,
      cat: 'user_annotation',
    }));
    const { health } = analyze(await draw(steps));
    assert.deepEqual(health.missingSteps, [6, 7, 10]);
    assert.match(
      health.notes.find(({ id }) => id === 'missing-steps')?.text ?? '',
      /^3 steps between the first and the last are not in the trace: 6–7, 10\.$/,
    );
  });

  it('takes steps of a log with a line every ten, and samples of a job, for whole', () => {
    const steps = (numbers: readonly number[], how: 'recorded' | 'period') => ({
      length: numbers.length,
      number: Int32Array.from(numbers),
      start: new Float64Array(numbers.length),
      end: new Float64Array(numbers.length),
      isWarmup: new Uint8Array(numbers.length),
      how,
    });
    assert.deepEqual(findMissingSteps(steps([10, 20, 30, 50], 'recorded')), []);
    assert.deepEqual(findMissingSteps(steps([0, 7, 9, 31], 'recorded')), []);
    assert.deepEqual(findMissingSteps(steps([0, 1, 5], 'period')), []);
    assert.deepEqual(findMissingSteps(steps([1, 2, 3, 5], 'recorded')), [4]);
    assert.equal(findMissingSteps(steps([1, 2, 2 ** 31 - 1], 'recorded')).length, 10_000);
    assert.deepEqual(findMissingSteps(steps([], 'recorded')), []);
  });

  it('tells what the profiler lost by its own words, and makes the trace poor by it', async () => {
    const member = (level: string, text: string): string =>
      `"${level}":["${level}:2024-07-15 10:52:38 1:1 a.cpp:1] ${text}"],`;
    const lost = await draw(
      [{ ts: 1, dur: 5 }],
      member('WARNING', 'Exceeded max GPU buffer count (9 > 8) - terminating tracing'),
    );
    const { health } = analyze(lost);
    assert.equal(health.level, 'poor');
    assert.deepEqual(health.messages, [
      {
        file: 'drawn.json',
        level: 'warning',
        text: 'Exceeded max GPU buffer count (9 > 8) - terminating tracing',
        count: 1,
      },
    ]);
    assert.match(
      health.notes.find(({ id }) => id === 'events-lost')?.text ?? '',
      /“Exceeded max GPU buffer count/,
    );
    const other = analyze(
      await draw([{ ts: 1, dur: 5 }], member('ERROR', 'child profiler failed')),
    ).health;
    assert.deepEqual(
      [other.level, other.notes.some(({ id }) => id === 'profiler-messages')],
      ['notable', true],
    );
  });

  it("measures the profiler's own work by name", async () => {
    const overhead = (name: string, ts: number, dur: number): Drawn => ({
      name,
      ts,
      dur,
      cat: 'overhead',
      tid: 0,
    });
    const { health } = analyze(
      await draw([
        { ts: 0, dur: 1000, name: 'ProfilerStep#1', cat: 'user_annotation' },
        { ts: 0, dur: 1000 },
        overhead('Buffer Flush', 100, 30),
        overhead('Buffer Flush', 110, 40),
        overhead('Activity Buffer Request', 500, 10),
      ]),
    );
    // 100 to 150 and 500 to 510 of 1,000.
    assert.equal(health.overhead.percent, 6);
    assert.deepEqual(health.overhead.kinds, [
      { name: 'Buffer Flush', count: 2, totalNs: 70_000 },
      { name: 'Activity Buffer Request', count: 1, totalNs: 10_000 },
    ]);
  });

  it('tells of counters that are too many to be shown', async () => {
    const counters = (count: number): Promise<Trace> =>
      readText(
        `[${Array.from({ length: count }, (_, i) => `{"ph":"C","name":"c${i}","pid":1,"ts":1,"args":{"v":1}}`).join(',')}]`,
      );
    const notes = async (count: number): Promise<(string | undefined)[]> =>
      analyze(await counters(count))
        .health.notes.filter(({ id }) => id === 'hidden-counters')
        .map(({ text }) => text);
    assert.deepEqual(await notes(512), []);
    assert.deepEqual(await notes(514), [
      'A rank has 514 counters, of which the first 512 of its file are shown.',
    ]);
  });

  it('says what was not recorded', async () => {
    const { absent } = analyze(await draw([{ ts: 1, dur: 5 }])).health;
    assert.deepEqual(
      absent.map((text) => /^No (\w+)/.exec(text)?.[1]),
      ['device', 'steps', 'lines'],
    );
    const device = [
      { ts: 1, dur: 5, cat: 'kernel', tid: 'stream 7', args: { device: 0, stream: 7 } },
    ];
    assert.ok(
      analyze(await draw(device)).health.absent.some((text) =>
        text.includes('does not name its device'),
      ),
    );
  });

  it('writes health before findings into Markdown, with the first faults as a table', async () => {
    const trace = await readText(
      '[{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":2},\n{"ph":"X","name":"b|`","pid":1,"tid":1},\n{"ph":"X","name":"c","pid":1,"tid":1,"ts":3,"dur":-1}]',
    );
    const text = reportMarkdown(analyze(trace));
    assert.ok(text.indexOf('## Health of the trace: poor') < text.search(/findings/i));
    assert.match(text, /2 of 3 events kept, 1 repaired, 1 dropped\./);
    assert.match(
      text,
      /\| `drawn\.json` \| 55 \| dropped \| this event has no time \| ``\{"ph":"X","name":"b\\\|`"/,
    );
  });

  itWithShared(
    "adds the profiler's own work up as a script does",
    ['kineto/nanogpt-before-after/after-rank-00-chrome-trace.json.gz'],
    async ([file]) => {
      const run = await readRun([file]);
      const { overhead, overlaps } = analyzeRun(run).report.health;
      // Counted from the JSON of the file by a script.
      assert.deepEqual(
        overhead.kinds.map(({ name, count }) => [name, count]),
        [
          ['Command Buffer Full', 799],
          ['Unrecognized', 1],
          ['Buffer Flush', 2],
        ],
      );
      const { trace } = run.ranks[0];
      const category = SPAN_CATEGORIES.indexOf('overhead');
      const total = trace.spans.duration.reduce(
        (sum, duration, i) => sum + (trace.spans.category[i] === category ? duration : 0),
        0,
      );
      assert.equal(
        overhead.kinds.reduce((sum, { totalNs }) => sum + totalNs, 0),
        total,
      );
      assert.equal(overlaps, overlapsOfPairs(trace));
    },
  );
});
