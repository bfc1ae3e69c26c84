import assert from 'node:assert/strict';
import { type CounterUnit, counterLane } from '../../../src/core/model/counter.ts';
import { RANK_TRACK } from '../../../src/core/model/timeline.ts';
import { formatCounter } from '../../../webview/timeline/counter-format.ts';
import {
  type CounterData,
  heightOf,
  layOutCounter,
  pointsBetween,
} from '../../../webview/timeline/counter-layout.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';

/** Of two rows; the second has a sample every 100 ns from 0 to 900, of which the value is the time. */
function dataOf(): CounterData {
  const times = Array.from({ length: 10 }, (_, i) => i * 100);
  const column = (first: number) => Float64Array.from([first, ...times]);
  return {
    request: {
      startNs: 0,
      endNs: 950,
      widthPx: 100,
      rows: [
        { rank: 0, lane: counterLane(0) },
        { rank: 1, lane: counterLane(3) },
      ],
    },
    points: {
      length: 11,
      time: column(50),
      min: column(7),
      max: column(7),
      last: column(7),
      count: new Uint32Array(11).fill(1),
      row: Uint16Array.from([0, ...times.map(() => 1)]),
    },
  };
}

const named = (unit: CounterUnit, name = 'a') => ({ unit, name });

describe('counters on the timeline', () => {
  it('are written with their units, with as many digits as say something', () => {
    const texts = [
      formatCounter(1_834_112, named('bytes')),
      formatCounter(85_024_112_640, named('bytes')),
      formatCounter(512, named('bytes')),
      formatCounter(0.974, named('fraction')),
      formatCounter(31.25, named('percent')),
      formatCounter(0.02362, named('plain')),
      formatCounter(-2.291, named('plain')),
      formatCounter(15_863, named('plain')),
      formatCounter(0, named('plain')),
      formatCounter(612.25, named('plain', 'power.draw [W]')),
      formatCounter(31, named('percent', 'utilization.gpu [%]')),
    ];
    assert.deepEqual(
      texts.map((text) => text.replace(/\u202f/g, ' ')),
      [
        '1.8 MB',
        '85 GB',
        '512 B',
        '97 %',
        '31 %',
        '0.0236',
        '−2.29',
        '15 863',
        '0',
        '612 W',
        '31 %',
      ],
    );
  });

  it('have their points in view, and the one that stands at its beginning', () => {
    const data = dataOf();
    assert.deepEqual(pointsBetween(data, 1, { startNs: 250, endNs: 600 }), { first: 3, end: 8 });
    assert.deepEqual(pointsBetween(data, 0, { startNs: 250, endNs: 600 }), { first: 0, end: 1 });
    assert.deepEqual(pointsBetween(data, 0, { startNs: 0, endNs: 40 }), { first: 0, end: 0 });
    assert.deepEqual(pointsBetween(data, 2, { startNs: 0, endNs: 900 }), { first: 11, end: 11 });
  });

  it('are drawn from 0 to their largest value, whatever is in view', () => {
    assert.equal(heightOf(50, { min: 50, max: 100 }, 30), 15);
    assert.equal(heightOf(0, { min: -50, max: 50 }, 30), 15);
    assert.equal(heightOf(5, { min: 0, max: 0 }, 30), 30);
    const line = layOutCounter(
      dataOf(),
      1,
      { min: 0, max: 900 },
      { range: { startNs: 250, endNs: 1_250 }, width: 500, height: 90 },
    );
    assert.deepEqual([...line.x], [0, 25, 75, 125, 175, 225, 275, 325]);
    assert.deepEqual([...line.last], [70, 60, 50, 40, 30, 20, 10, 0]);
    assert.equal(line.endX, 350);
  });

  it('are tracks below the lanes of an open rank, and can be folded to a line', () => {
    const counters = [
      { counter: 0, name: 'loss', unit: 'plain', sampleCount: 2, min: 0, max: 1 },
    ] as const;
    const ranks = [{ rank: 4, deviceName: null, lanes: [], counters }];
    assert.equal(layOutTracks(ranks, new Set()).tracks.length, 1);
    const { tracks } = layOutTracks(ranks, new Set([4]));
    assert.deepEqual(
      tracks.map(({ lane, kind, label }) => [lane, kind, label]),
      [
        [RANK_TRACK, 'rank', 'rank 4'],
        [counterLane(0), 'counter', 'loss'],
      ],
    );
  });
});
