import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { chromeTrace } from '../../../src/core/export/chrome-trace.ts';

import { toRunTime } from '../../../src/core/model/rank-clock.ts';
import type { Analysis } from '../../../src/core/model/tables.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { drawRun } from '../../support/draw-run.ts';
import { readText } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { readRun } from '../../support/read-run.ts';

const STEP = `
  main      DDDDDDF--l-B--l--O-
  stream 7            K--  K---
`;

type Row = readonly [rank: string, lane: string, name: string, start: number, duration: number];

/** Recorded categories have no name of their own in the trace event format. */
function spansIn(analysis: Analysis, from: number, to: number): Row[] {
  return analysis.run.ranks.flatMap(({ rank, trace: { spans, strings, lanes } }, row) =>
    Array.from({ length: spans.length }, (_, i): Row => {
      const start = toRunTime(analysis.ranks[row].clock, spans.start[i]);
      const lane = lanes[spans.lane[i]].name;
      return [String(rank), lane, strings[spans.name[i]], start, spans.duration[i]];
    }).filter(([, , , start, duration]) => start < to && start + duration > from),
  );
}

function readBack({ spans, strings, lanes }: Trace): Row[] {
  return Array.from({ length: spans.length }, (_, i): Row => {
    const lane = lanes[spans.lane[i]];
    return [lane.processId, lane.name, strings[spans.name[i]], spans.start[i], spans.duration[i]];
  });
}

/** The reader's time 0 is another: times are compared from the first span. */
function normalize(rows: readonly Row[]): unknown[] {
  const first = Math.min(...rows.map(([, , , start]) => start));
  return rows
    .map(([rank, lane, name, start, duration]) => {
      const short = lane.replace(/^.* · /, '');
      return [rank, short, name, Math.round(start - first), duration].join('\t');
    })
    .sort();
}

async function exportAll(
  analysis: Analysis,
  startNs: number,
  endNs: number,
): Promise<[string, Trace]> {
  const rows = analysis.run.ranks.map(({ rank }) => ({ rank, lane: -1 }));
  const text = [...chromeTrace(analysis, { startNs, endNs, rows })].join('');
  return [text, await readText(text)];
}

describe('a window in the trace event format', () => {
  const analysis = analyzeRun(drawRun([STEP, STEP], { steps: 6 }));

  it('holds the spans that meet it, whole, as our own reader reads them back', async () => {
    const { startNs, endNs } = analysis;
    const third = (endNs - startNs) / 3;
    for (const [from, to] of [
      [startNs, endNs + 1],
      [startNs + third, startNs + 2 * third],
    ]) {
      const expected = spansIn(analysis, from, to);
      assert.ok(expected.length > 20);
      const [, trace] = await exportAll(analysis, from, to);
      assert.deepEqual(normalize(readBack(trace)), normalize(expected));
      assert.equal(trace.counts.dropped, 0);
    }
  });

  it('names processes and threads, and joins launches to their work', async () => {
    const [text] = await exportAll(analysis, analysis.startNs, analysis.endNs + 1);
    const { traceEvents: events } = JSON.parse(text) as {
      traceEvents: {
        ph: string;
        name: string;
        pid: number;
        id?: string;
        args?: { name?: string };
      }[];
    };
    const names = events
      .filter(({ name }) => name === 'process_name')
      .map(({ args }) => args?.name);
    assert.deepEqual(names, ['rank 0', 'rank 1']);
    const starts = events.filter(({ ph }) => ph === 's').map(({ id }) => id);
    const ends = events.filter(({ ph }) => ph === 'f').map(({ id }) => id);
    assert.deepEqual(starts, ends);
    assert.equal(new Set(starts).size, 2 * 6 * 2, 'two launches a step and rank');
  });

  it('of a lane holds that lane alone', () => {
    const lane = analysis.run.ranks[1].trace.lanes.findIndex(({ kind }) => kind === 'stream');
    const rows = [{ rank: 1, lane }];
    const { startNs, endNs } = analysis;
    const { traceEvents: events } = JSON.parse(
      [...chromeTrace(analysis, { startNs, endNs, rows })].join(''),
    ) as { traceEvents: { ph: string; pid: number; tid: number }[] };
    const spans = events.filter(({ ph }) => ph === 'X');
    assert.equal(spans.length, 12);
    assert.ok(spans.every(({ pid, tid }) => pid === 1 && tid === lane + 1));
  });

  it('of a rank that is shown earlier holds what is shown, at the times when it was', () => {
    const { startNs } = analysis;
    const shiftNs = 19e6;
    const eventsOf = (from: number, to: number, shift: number) => {
      const rows = [{ rank: 0, lane: -1, shiftNs: shift }];
      const text = [...chromeTrace(analysis, { startNs: from, endNs: to, rows })].join('');
      return (JSON.parse(text) as { traceEvents: unknown[] }).traceEvents;
    };
    const shown = eventsOf(startNs, startNs + 10e6, shiftNs);
    assert.deepEqual(shown, eventsOf(startNs + shiftNs, startNs + shiftNs + 10e6, 0));
    assert.ok(shown.length > 8);
  });

  itWithShared(
    'of a real run holds as many spans of each category',
    ['kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz'],
    async (files) => {
      const real = analyzeRun(await readRun(files));
      const [, trace] = await exportAll(real, real.startNs - 1, real.endNs + 1);
      const count = ({ spans }: Trace) =>
        SPAN_CATEGORIES.map((_, i) => spans.category.filter((each) => each === i).length);
      assert.deepEqual(count(trace), count(real.run.ranks[0].trace));
    },
  );
});
