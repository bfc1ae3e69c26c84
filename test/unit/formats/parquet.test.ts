import assert from 'node:assert/strict';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readBytes, viewSpans } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

type Row = readonly [
  rank: number,
  dataRank: number,
  stage: number,
  step: number,
  name: string,
  start: number,
  duration: number,
];

const ROWS: readonly Row[] = [
  [0, 0, 0, 7, 'forward-compute', 0.25, 0.5],
  [0, 0, 0, 7, 'forward-send', 0.75, 0.125],
  [1, 0, 1, 7, 'forward-recv', 0.5, 0.375],
  [1, 0, 1, 7, 'forward-compute', 0.875, 0.5],
  [0, 0, 0, 9, 'forward-compute', 0.125, 0.25],
];

const NAMES = ['rank', 'dp_rank', 'stage', 'step', 'optype', 'start_ts', 'duration'];

function write(rows: readonly Row[], without?: string): Uint8Array {
  const columnData = NAMES.map((name, column) => ({
    name,
    data: rows.map((row) => row[column]),
    type:
      name === 'optype'
        ? ('STRING' as const)
        : /ts|dur/.test(name)
          ? ('DOUBLE' as const)
          : ('INT32' as const),
  })).filter(({ name }) => name !== without);
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function problemOf({ problems, spans }: Trace): string {
  assert.equal(spans.length, 0);
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ['unreadable'],
  );
  return problems[0].reason;
}

describe('parquet', () => {
  it('a length that contradicts the others is told, rather than believed for hours', async () => {
    const whole = write(ROWS);
    // The bytes of the pages, before what the file says of itself.
    const pagesEnd =
      whole.length - 8 - new DataView(whole.buffer).getUint32(whole.length - 8, true);
    let refused = 0;
    for (let at = 4; at < pagesEnd; at++) {
      const bytes = whole.slice();
      bytes[at] = 0xff;
      const { counts, problems } = await readBytes(bytes);
      assert.equal(counts.read, counts.kept + counts.dropped);
      refused += problems.some(({ reason }) => reason.includes('contradicts')) ? 1 : 0;
    }
    assert.ok(refused > 0);
  }).timeout(60_000);

  it('reads operations, one trace a rank, steps laid one after another where they overlap', async () => {
    const trace = await readBytes(write(ROWS), 100);
    assert.equal(trace.meta.format, 'parquet');
    const step9 = 1.1 * 1.125e9;
    assert.deepEqual(
      splitRanks(trace).map((part) =>
        viewSpans(part).map(({ name, lane, start, duration }) => [name, lane, start, duration]),
      ),
      [
        [
          ['forward-compute', 'compute', 0, 0.5e9],
          ['forward-compute', 'compute', step9, 0.25e9],
          ['forward-send', 'pp-comm', 0.5e9, 0.125e9],
        ],
        [
          ['forward-compute', 'compute', 0.625e9, 0.5e9],
          ['forward-recv', 'pp-comm', 0.25e9, 0.375e9],
        ],
      ],
    );
    assert.deepEqual([...(trace.spans.step ?? [])].sort(), [10, 8, 8, 8, 8]);
  });

  it('keeps the times of steps that follow each other', async () => {
    const rows = ROWS.map((row): Row => (row[3] === 9 ? [0, 0, 0, 9, row[4], 2.25, row[6]] : row));
    const [first] = splitRanks(await readBytes(write(rows)));
    assert.equal(first.spans.start[1], 2e9);
  });

  it('drops rows that say too little, and counts them', async () => {
    const bad: Row = [0, 0, 0, -1, 'forward-compute', 0, 1];
    const { counts, spans, problems } = await readBytes(
      write([...ROWS, bad, [0, 0, 0, 1, '', 0, 1]]),
    );
    assert.deepEqual([counts.read, counts.kept, counts.dropped, spans.length], [7, 5, 2, 5]);
    assert.match(problems[0].reason, /no rank, step, name or time/);
  });

  it('says which column a table lacks, and what to do', async () => {
    const reason = problemOf(await readBytes(write(ROWS, 'stage')));
    assert.match(reason, /no column stage.* Open /);
  });

  it('explains every file that is cut or damaged', async () => {
    const whole = write(ROWS);
    for (let length = 4; length < whole.length; length += 7) {
      assert.match(
        problemOf(await readBytes(whole.slice(0, length))),
        /cannot be read.*Write it again/,
      );
    }
    for (let at = 4; at < whole.length; at += 5) {
      const damaged = whole.slice();
      damaged[at] ^= 0xff;
      const { counts } = await readBytes(damaged);
      assert.ok(counts.read <= 1_000_000);
    }
  });

  itWithShared(
    'reads the same operations as the Chrome timeline of the job',
    ['megatron-timeline-ST/trace-ST.parquet', 'megatron-timeline-ST/timeline-ST.json.gz'],
    async (files) => {
      const [table, timeline] = await Promise.all(
        files.map(async (file) =>
          splitRanks(
            await readTrace(await openFile(file), { signal: new AbortController().signal }),
          ),
        ),
      );
      assert.deepEqual(
        table.map(({ lanes }) => lanes[0].worker),
        timeline.map(({ lanes }) => lanes[0].worker),
      );
      const computes = (trace: Trace): number[] =>
        viewSpans(trace)
          .filter(({ name }) => name.endsWith('-compute'))
          .map(({ duration }) => Math.round(duration / 1e3));
      table.forEach((trace, rank) => {
        assert.equal(trace.spans.length, timeline[rank].spans.length);
        assert.deepEqual(computes(trace), computes(timeline[rank]));
      });
    },
  );
});
