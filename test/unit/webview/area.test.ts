import assert from 'node:assert/strict';
import { areaBetween } from '../../../webview/timeline/area.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';

describe('an area on the timeline', () => {
  const list = layOutTracks(
    [0, 1, 2].map((rank) => ({ rank, deviceName: null, lanes: [] })),
    new Set(),
  );
  const shiftOf = (rank: number) => rank * 100;
  const view = { range: { startNs: 1000, endNs: 2000 }, width: 500, scrollTop: 0, shiftOf };
  const y = (i: number) => list.tracks[i].top + 5;

  it('has the times and the rows between two points, whichever came first', () => {
    const area = areaBetween({ x: 400, y: y(1) }, { x: 100, y: y(0) }, list, view);
    assert.deepEqual(area, {
      startNs: 1200,
      endNs: 1800,
      rows: [
        { rank: 0, lane: -1, shiftNs: 0 },
        { rank: 1, lane: -1, shiftNs: 100 },
      ],
    });
  });

  it('is none for a click, or beside all rows, and ends at the edge of the view', () => {
    assert.equal(areaBetween({ x: 100, y: y(0) }, { x: 102, y: y(0) }, list, view), null);
    assert.equal(areaBetween({ x: 0, y: 5000 }, { x: 400, y: 6000 }, list, view), null);
    assert.equal(areaBetween({ x: 250, y: y(2) }, { x: 9000, y: y(2) }, list, view)?.endNs, 2000);
  });
});
