import assert from 'node:assert/strict';
import type { AreaGroup } from '../../../src/core/model/timeline.ts';
import {
  areaAsCsv,
  cellsOf,
  FIRST_ORDER,
  orderAfter,
  sortGroups,
  titleOf,
} from '../../../webview/timeline/area-table.ts';
import { layOutDurations } from '../../../webview/durations/layout.ts';

function group(name: string, count: number, selfNs: number, more: Partial<AreaGroup> = {}) {
  return {
    ...{ name, count, selfNs, cause: null, totalNs: selfNs * 2 },
    percentiles: { p50Ns: 1e3, p95Ns: 2e3, p99Ns: 3e6 },
    durations: { leastNs: 1, mostNs: 1, counts: [count] },
    ...more,
  };
}

const groups = [
  group('mm', 3, 6e6),
  group('=add, "x"', 9, 1e6),
  group('data', 2, 3e6, { cause: 'data' }),
];

describe('the table of an area', () => {
  it('is ordered by any column, one way and the other', () => {
    const names = (order = FIRST_ORDER) => sortGroups(groups, order).map(({ name }) => name);
    assert.deepEqual(names(), ['mm', 'data', '=add, "x"']);
    const byCount = orderAfter(FIRST_ORDER, 0);
    assert.deepEqual(names(byCount), ['=add, "x"', 'mm', 'data']);
    assert.deepEqual(names(orderAfter(byCount, 0)), ['data', 'mm', '=add, "x"']);
    const byName = orderAfter(byCount, -1);
    assert.deepEqual(
      sortGroups(groups, byName).map((each) => titleOf(each)),
      ['=add, "x"', 'idle · data', 'mm'],
    );
  });

  it('has a unit on each time, and shares that sum to 100 %', () => {
    const rows = groups.map((each) => cellsOf(each, 10e6));
    assert.deepEqual(
      rows[0].map((text) => text.replaceAll('\u202f', ' ')),
      ['3', '12 ms', '6 ms', '60 %', '1 µs', '2 µs', '3 ms'],
    );
    const shares = rows.map((cells) => parseFloat(cells[3]));
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      100,
    );
  });

  it('is copied as CSV with names that no spreadsheet computes', () => {
    assert.equal(
      areaAsCsv('name', groups.slice(0, 2), 10e6),
      'name,count,total_ns,self_ns,share_percent,p50_ns,p95_ns,p99_ns\r\n' +
        'mm,3,12000000,6000000,60,1000,2000,3000000\r\n' +
        `"'=add, ""x""",9,2000000,1000000,10,1000,2000,3000000\r\n`,
    );
  });
});

describe('a histogram of durations', () => {
  it('has a bar for each bin that is not empty, the fullest the tallest, one marked', () => {
    const durations = { leastNs: 10, mostNs: 1_000, counts: [4, 0, 2, 1] };
    const bars = layOutDurations(durations, 150, 400, 80);
    assert.deepEqual(
      bars.map(({ x, height, isMarked }) => [x, height, isMarked]),
      [
        [0, 80, false],
        [200, 40, true],
        [300, 20, false],
      ],
      '150 is in the third of four bins between 10 and 1 000: 100 to 316',
    );
    assert.ok(layOutDurations(durations, 1_000, 400, 80)[2].isMarked, 'the end is in the last');
    assert.ok(bars.every((bar, i) => i === 0 || bar.x >= bars[i - 1].x + bars[i - 1].width));
  });

  it('is one bar where all are alike', () => {
    const bars = layOutDurations({ leastNs: 5, mostNs: 5, counts: [7, 0, 0] }, 5, 300, 50);
    assert.deepEqual(
      bars.map(({ isMarked, height }) => [isMarked, height]),
      [[true, 50]],
    );
  });
});
