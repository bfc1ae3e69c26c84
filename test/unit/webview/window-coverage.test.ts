import assert from 'node:assert/strict';
import { covers, runsLow, withMargin } from '../../../webview/timeline/window-coverage.ts';

const whole = { startNs: 0, endNs: 100_000 };
const rows = [{ rank: 0, lane: -1 }];
const visible = { startNs: 40_000, endNs: 50_000, widthPx: 1000, rows };

describe('what a window of the timeline is good for', () => {
  const have = withMargin(visible, whole);

  it('is more than what is seen, at the same scale, and not beyond the run', () => {
    assert.deepEqual([have.startNs, have.endNs, have.widthPx], [32_500, 57_500, 2500]);
    const atStart = withMargin({ ...visible, startNs: 0, endNs: 10_000 }, whole);
    assert.deepEqual([atStart.startNs, atStart.endNs, atStart.widthPx], [0, 17_500, 1750]);
  });

  it('stands for what is seen until that leaves it, in time, scale or rows', () => {
    const moved = (by: number) => ({ ...visible, startNs: 40_000 + by, endNs: 50_000 + by });
    assert.ok(covers(have, visible));
    assert.ok(covers(have, moved(7_500)));
    assert.ok(!covers(have, moved(7_600)));
    assert.ok(!covers(have, { ...visible, startNs: 44_000, endNs: 46_000 }), 'twice as near');
    assert.ok(!covers(have, { ...visible, rows: [...rows, { rank: 1, lane: -1 }] }));
  });

  it('stands for what it was asked for at every scale, however its width is rounded', () => {
    for (let widthPx = 90; widthPx < 400; widthPx += 7) {
      for (let length = 1; length < 90_000; length *= 1.013) {
        const seen = { startNs: 5_000, endNs: 5_000 + length, widthPx, rows };
        const asked = withMargin(seen, whole);
        assert.ok(covers(asked, seen) && !runsLow(asked, seen, whole), `${length} in ${widthPx}`);
      }
    }
  });

  it('runs low before it ends, but not at the ends of the run', () => {
    assert.ok(!runsLow(have, visible, whole));
    assert.ok(runsLow(have, { ...visible, startNs: 44_500, endNs: 54_500 }, whole));
    const atStart = { ...visible, startNs: 0, endNs: 10_000 };
    assert.ok(!runsLow(withMargin(atStart, whole), atStart, whole));
  });
});
