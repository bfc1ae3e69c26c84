import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { embedRun, openAnalysis } from '../../../src/core/export/embed-run.ts';
import { packEmbedded, unpackEmbedded } from '../../../src/core/export/embedded-bytes.ts';
import { packValue, unpackValue } from '../../../src/core/export/pack-value.ts';
import { readLayers } from '../../../src/core/export/window-layers.ts';
import { RANK_TRACK, type WindowRequest } from '../../../src/core/model/timeline.ts';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { findSpans } from '../../../src/core/timeline/find-spans.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { parseQuery } from '../../../src/core/timeline/search-query.ts';
import { drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const STEP = `
  main      DDDDDDF--l-B--l--O-
  stream 7            K--  K---
`;

function roundTrip(value: unknown): unknown {
  const { json, columns } = packValue(value);
  return unpackValue(json, new Uint8Array(Buffer.concat(columns)));
}

describe('packed values', () => {
  it('come back as they were: columns of each type, whole or not, maps, big numbers', () => {
    const random = seededRandom(3);
    const times = Float64Array.from(
      { length: 500 },
      (_, i) => i * 1e6 + Math.floor(random() * 1e5),
    );
    const value = {
      times,
      fractions: Float64Array.from({ length: 100 }, () => random() * 1e9 - 5e8),
      odd: Float64Array.from([
        NaN,
        Infinity,
        -Infinity,
        -0,
        0,
        2 ** 53,
        -(2 ** 53),
        2 ** 31,
        -(2 ** 31),
      ]),
      edge: Float64Array.from([2 ** 31 - 1, -(2 ** 31) + 1, 0]),
      ids: Uint32Array.from([0xffffffff, 0, 7, 0xffffffff]),
      signed: Int32Array.from([-1, 2 ** 31 - 1, -(2 ** 31)]),
      depths: Uint16Array.from([65_535, 0, 3]),
      kinds: Uint8Array.from([255, 0, 1]),
      none: new Float64Array(),
      origin: 1_700_000_000_123_456_789n,
      config: new Map([['batch', '32']]),
      text: 'a "quoted" </script> ☃',
      nested: [{ a: null, b: [true, false] }],
    };
    assert.deepEqual(roundTrip(value), value);
  });

  it('leave out functions, and are small where numbers grow evenly', () => {
    assert.deepEqual(roundTrip({ a: 1, f: () => 2 }), { a: 1 });
    const { columns } = packValue({ x: Float64Array.from({ length: 1000 }, (_, i) => i * 1000) });
    assert.equal(columns[0].length, 4000);
    assert.ok(
      columns[0].subarray(2000).every((byte) => byte === 0),
      'high planes are empty',
    );
  });
});

describe('an embedded run', () => {
  const analysis = analyzeRun(drawRun([STEP, STEP], { steps: 12 }));
  const bytesOf = (maxSpans?: number) =>
    new Uint8Array(Buffer.concat(packEmbedded(embedRun(analysis, maxSpans))));

  it('answers as the run itself: windows, details, searches', () => {
    const opened = openAnalysis(unpackEmbedded(bytesOf()));
    assert.ok(opened);
    const { startNs, endNs } = analysis;
    const rows = [RANK_TRACK, 0, 1].map((lane) => ({ rank: 1, lane }));
    const request = { startNs, endNs, widthPx: 300, rows };
    assert.deepEqual(readWindow(opened, request), readWindow(analysis, request));
    for (let index = 0; index < analysis.run.ranks[0].trace.spans.length; index++) {
      const selection = { kind: 'span', rank: 0, index } as const;
      assert.deepEqual(
        describeSelection(opened, selection),
        describeSelection(analysis, selection),
      );
    }
    const query = parseQuery('cat:kernel rank:1');
    assert.deepEqual(findSpans(opened, query), findSpans(analysis, query));
    assert.deepEqual(opened.report, analysis.report);
  });

  it('of too many spans has the ranks of the whole run, and the lanes of the steps that are explained', () => {
    const { whole, layers, overview } = unpackEmbedded(bytesOf(10));
    assert.equal(whole, null);
    const { startNs, endNs, ranks } = overview;
    const all: WindowRequest = {
      startNs,
      endNs,
      widthPx: 400,
      rows: ranks.map(({ rank }) => ({ rank, lane: RANK_TRACK })),
    };
    const { rectangles } = readLayers(layers, all);
    const exact = readWindow(analysis, { ...all, widthPx: 8_000 }).rectangles;
    assert.deepEqual([...rectangles.start], [...exact.start]);
    assert.deepEqual([...rectangles.kind], [...exact.kind]);
    const step = overview.typicalStep!;
    const near: WindowRequest = {
      startNs: step.startNs,
      endNs: step.startNs + step.durationNs,
      widthPx: 800,
      rows: [{ rank: step.rank, lane: 1 }],
    };
    const inside = readLayers(layers, near);
    const names = [...inside.rectangles.name].map((name) => inside.names[name]);
    assert.equal(names.filter((name) => name === 'gemm').length, 2, names.join());
    const shifted = readLayers(layers, { ...near, rows: [{ ...near.rows[0], shiftNs: 1_000 }] });
    assert.equal(shifted.rectangles.start[0], inside.rectangles.start[0] - 1_000);
  });
});
