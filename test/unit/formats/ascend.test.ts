import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { computePartner } from '../../../src/core/derived/partner.ts';
import { readTrace, recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import { parseFrame } from '../../../src/core/model/python-frame.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { writeAscend } from '../../support/ascend-trace.ts';
import { findSpan, fixture, readBytes, readText, viewSpans } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

describe('ascend', () => {
  it('is told from other traces by its head', async () => {
    assert.equal((await readText(writeAscend())).meta.format, 'ascend');
    const kineto = fixture('kineto/2020.json');
    assert.equal(recognizeFormat({ bytes: kineto, isWhole: true })?.format.id, 'kineto');
    const numbers = writeAscend().replaceAll(/"ts":"([\d.]+)"/g, '"ts":$1');
    assert.notEqual((await readText(numbers)).meta.format, 'ascend');
  });

  it('gives each row of the device its place: work, collectives, details; derived rows are not shown', async () => {
    const trace = await readText(writeAscend({ steps: 1 }));
    const rows = viewSpans(trace).map(({ name, lane, category, start, duration }) =>
      [name, lane, category, start, duration].join(' | '),
    );
    assert.deepEqual(rows.sort(), [
      'Dequeue@MatMul | thread 77 | runtime | 60000 | 30000',
      'EVENT_WAIT | Stream 2 annotations | device-sync | 430000 | 400000',
      'Enqueue | thread 4242 | runtime | 20000 | 5000',
      'MEMCPY_ASYNC | Stream 2 | memcpy | 50000 | 20000',
      'MatMul | Stream 2 | kernel | 120250 | 300500',
      'Notify Wait | Plane 0 | device-sync | 280000 | 400000',
      'Notify Wait | Stream 4 | device-sync | 280000 | 400000',
      'ProfilerStep#5 | thread 4242 | cpu-op | 0 | 990000',
      'SDMA | Stream 4 | device-sync | 690000 | 60000',
      'aten::mm | thread 4242 | cpu-op | 10000 | 40000',
      'hcom_allReduce__868_0_1 | Group 0 Communication | kernel | 270750 | 500000',
    ]);
    assert.equal(trace.counts.kept, (JSON.parse(writeAscend({ steps: 1 })) as unknown[]).length);
    assert.deepEqual(trace.problems, []);
    assert.equal(trace.meta.originNs, 1_736_400_000_000_000_000n);
    assert.deepEqual(new Set(trace.lanes.map(({ device }) => device)), new Set([null, 0]));
  });

  it('joins a task to the call that launched it and to its operator, through the arrows', async () => {
    const trace = await readText(writeAscend({ steps: 3, device: 3 }));
    const partner = computePartner(trace);
    const { spans, strings } = trace;
    const named = (name: string): number[] =>
      [...spans.name.keys()].filter((row) => strings[spans.name[row]] === name);
    assert.deepEqual(
      named('MatMul').map((row) => partner[row]),
      named('Dequeue@MatMul'),
    );
    assert.deepEqual(
      named('MatMul').map((row) => spans.externalId?.[row]),
      named('aten::mm').map((row) => spans.externalId?.[row]),
    );
    assert.ok(named('MatMul').every((row) => spans.externalId![row] > 0));
    assert.equal(trace.lanes.find(({ kind }) => kind === 'stream')?.device, 3);
  });

  it('tells the group and the number of collectives from their names', async () => {
    const { collectives, strings, spans } = await readText(writeAscend({ steps: 2 }));
    assert.deepEqual(
      [...collectives.span].map((span, row) => [
        strings[spans.name[span]],
        strings[collectives.operation[row]],
        strings[collectives.group[row]],
        collectives.sequence[row],
      ]),
      [
        ['hcom_allReduce__868_0_1', 'allReduce', 'group 868', 0],
        ['hcom_allReduce__868_1_1', 'allReduce', 'group 868', 1],
      ],
    );
  });

  it('leaves out counters that have one name for many accelerators', async () => {
    const events = JSON.parse(writeAscend({ steps: 1 })) as object[];
    const of = (acc_id: number): object => ({
      ph: 'C',
      name: 'read_ost',
      pid: 1,
      tid: 0,
      ts: '1736400000000005.000',
      args: { value: 7, acc_id },
    });
    const trace = await readText(JSON.stringify([...events, of(0), of(1)]));
    const names = [...trace.counters.series].map((row) => trace.strings[row]);
    assert.deepEqual(names, ['HBM 0/Read Read(MB/s)']);
    assert.equal(trace.counts.kept, events.length + 2);
  });

  it('reads stacks whose frames end with a carriage return', async () => {
    const { spans, strings } = await readText(writeAscend({ steps: 1 }));
    const stacks = [...(spans.stack ?? [])]
      .map((row) => strings[row])
      .filter((text) => text !== '');
    assert.deepEqual(stacks[0].split(';').map(parseFrame), [
      { file: 'train.py', line: 12, function: 'step' },
      { file: 'train.py', line: 40, function: '<module>' },
    ]);
  });

  it('finds the work of the device where the names of processes come late', async () => {
    const late = viewSpans(await readText(writeAscend({ isNamedLate: true })));
    const early = viewSpans(await readText(writeAscend()));
    const rows = (spans: typeof late): string[] =>
      spans
        .filter(({ category }) => category === 'kernel' || category === 'memcpy')
        .map((span) => JSON.stringify(span))
        .sort();
    assert.deepEqual(rows(late), rows(early));
    assert.ok(late.every(({ name }) => name !== 'Free' && name !== 'Communication'));
  });

  it('reads the same in chunks, and all that is whole of what is cut anywhere', async () => {
    const text = writeAscend({ steps: 1 });
    const whole = await readText(text);
    assert.deepEqual(await readText(text, 7), whole);
    const bytes = new TextEncoder().encode(text);
    let kept = 0;
    for (let length = 1_000; length < bytes.length; length += 13) {
      const trace = await readBytes(bytes.subarray(0, length));
      assert.ok(trace.counts.kept >= kept && trace.counts.kept <= whole.counts.kept);
      kept = trace.counts.kept;
    }
    assert.ok(kept >= whole.counts.kept - 1);
  });

  it('survives arrows that lead nowhere, twice or to themselves', async () => {
    const events = JSON.parse(writeAscend({ steps: 1 })) as { ph: string }[];
    const flows = events.filter(({ ph }) => ph === 's' || ph === 'f');
    const trace = await readText(JSON.stringify([...events, ...flows, ...flows.slice(1)]));
    assert.deepEqual(trace.problems, []);
    const alone = await readText(JSON.stringify(events.filter(({ ph }) => ph !== 'X')));
    assert.equal(alone.spans.length, 0);
    assert.equal(findSpan(trace, 'MatMul') > 0, true);
  });
});

describe('real traces of Ascend', () => {
  for (const rank of [0, 1]) {
    const folder = `ascend/rank${rank}_ascend_pt`;
    itWithShared(
      `rank ${rank}: the split of the device's time is the profiler's own, to 0.1 %`,
      [`${folder}/trace_view.json.gz`, `${folder}/step_trace_time.csv`],
      async ([file, table]) => {
        const trace = await read(file);
        assert.equal(trace.meta.format, 'ascend');
        const split = readSplit(table);
        const { report } = analyzeRun({ name: 'ascend', ranks: [{ rank, file, trace }] });
        const window = report.ranks[0].deviceWindow;
        assert.ok(window !== null);
        near(window.computeNs, split['Computing']);
        near(window.communicationNs, split['Communication']);
        near(window.communicationOverlappedNs, split['Overlapped']);
        const exposed = window.communicationNs - window.communicationOverlappedNs;
        near(exposed, split['Communication(Not Overlapped)']);
        // The profiler counts copies as free time, and starts with the first computation rather than copy.
        near(window.spanNs - window.computeNs - exposed, split['Free'] + leadUs(file));
        assert.equal(report.verdict.kind, 'communication-bound');
        assert.ok(
          report.findings.every(({ advice }) => advice.every(({ text }) => !text.includes('NCCL'))),
        );
        assert.deepEqual([report.run.steps.first, report.run.steps.total], [50, 1]);
      },
    );
  }

  itWithShared(
    'the collectives of both ranks are the same, and their clocks agree',
    ['ascend/rank0_ascend_pt/trace_view.json.gz', 'ascend/rank1_ascend_pt/trace_view.json.gz'],
    async (files) => {
      const traces = await Promise.all(files.map(read));
      for (const trace of traces) {
        assert.deepEqual([...trace.collectives.sequence], [0, 1, 2, 3]);
        assert.equal(trace.counts.dropped + trace.counts.repaired, 0);
      }
      const { report } = analyzeRun({
        name: 'ascend',
        ranks: traces.map((trace, rank) => ({ rank, file: files[rank], trace })),
      });
      assert.ok((report.health.clock.uncertaintyNs ?? Infinity) < 20_000);
    },
  );
});

async function read(file: string): Promise<Trace> {
  return readTrace(await openFile(file), { signal: new AbortController().signal });
}

/** Within 0.1 %: the profiler rounds durations to the nanosecond before it sums them. */
function near(ns: number, us: number): void {
  assert.ok(Math.abs(ns / 1000 - us) <= 0.001 * us, `${ns / 1000} µs, expected ${us} µs`);
}

function readSplit(path: string): Record<string, number> {
  const [names, values] = readFileSync(path, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])]));
}

/** From the first event of the device to its first computation, as the file has them. */
function leadUs(path: string): number {
  const events = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
    name: string;
    ph: string;
    ts: string;
    args?: Record<string, unknown>;
  }[];
  const first = (is: (event: (typeof events)[number]) => boolean): number =>
    Math.min(...events.filter(is).map(({ ts }) => Number(ts.slice(4))));
  return (
    first(({ name, ph }) => ph === 'X' && name === 'Computing') -
    first(({ args }) =>
      /^(AI_CORE|MIX_AIV|DSA_SQE|PCIE_DMA_SQE|SDMA_SQE)$/.test(String(args?.['Task Type'])),
    )
  );
}
