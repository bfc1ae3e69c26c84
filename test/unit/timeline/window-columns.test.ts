import assert from 'node:assert/strict';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { packWindow, unpackWindow } from '../../../src/protocol/window-columns.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('window columns', () => {
  it('come back as they were packed', () => {
    const spans = Array.from({ length: 7 }, (_, i) => ({
      name: `n${i}`,
      start: i * 10,
      duration: 10 - i,
    }));
    const analysis = tellRun([{ lanes: [{ name: 'main', kind: 'thread', spans }] }]);
    const { rectangles } = readWindow(analysis, {
      startNs: 0,
      endNs: 70,
      widthPx: 700,
      rows: [{ rank: 0, lane: 0 }],
    });
    assert.equal(rectangles.length, 7);
    assert.deepEqual(unpackWindow(packWindow(rectangles)), rectangles);
  });

  it('refuses a buffer that is cut', () => {
    const buffer = packWindow(
      readWindow(
        tellRun([
          { lanes: [{ name: 'm', kind: 'thread', spans: [{ name: 'a', start: 0, duration: 9 }] }] },
        ]),
        { startNs: 0, endNs: 9, widthPx: 9, rows: [{ rank: 0, lane: 0 }] },
      ).rectangles,
    );
    assert.throws(() => unpackWindow(buffer.slice(0, -1)), RangeError);
    assert.throws(() => unpackWindow(new ArrayBuffer(3)), RangeError);
  });
});
