import assert from 'node:assert/strict';
import type { TimelineStep } from '../../../src/core/model/timeline.ts';
import { cellAfterKey } from '../../../webview/steps/heat-keys.ts';
import { heightOfRows, layOutRows, mostRanksOfRow } from '../../../webview/steps/heat-rows.ts';
import { HeatScale, hottestRatio } from '../../../webview/steps/heat-scale.ts';
import { cellAt, layOutHeat } from '../../../webview/steps/layout.ts';
import { labelRows } from '../../../webview/steps/row-labels.ts';

/** Times of a rank, one a step; the first is the warm-up where `hasWarmup`. */
function steps(durations: readonly number[], rank = 0, hasWarmup = true): TimelineStep[] {
  return durations.map((durationNs, step) => ({
    rank,
    step,
    startNs: step * 1000,
    durationNs,
    isWarmup: hasWarmup && step === 0,
  }));
}

const sequence = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the rows of the heat map', () => {
  it('are one a rank, all of one height, as long as they fit', () => {
    for (const count of [1, 2, 8, 13]) {
      const rows = layOutRows(sequence(count));
      assert.deepEqual(
        rows.map(({ ranks }) => ranks),
        sequence(count).map((rank) => [rank]),
      );
      assert.equal(new Set(rows.map(({ height }) => height)).size, 1);
      assert.ok(heightOfRows(rows) <= 168);
    }
  });

  it('show the first ranks alone and the others together, none left out, none twice, none cut', () => {
    for (const count of [17, 64, 100, 1024, 5000]) {
      const order = sequence(count).reverse();
      const rows = layOutRows(order);
      assert.deepEqual(
        rows.flatMap(({ ranks }) => ranks),
        order,
      );
      assert.deepEqual(
        rows.slice(0, 6).map(({ ranks }) => ranks),
        order.slice(0, 6).map((rank) => [rank]),
      );
      rows.slice(1).forEach(({ top, height }, i) => {
        assert.ok(top >= rows[i].top + rows[i].height, `${count} ranks: row ${i + 1} overlaps`);
        assert.ok(height >= 3);
      });
      assert.ok(heightOfRows(rows) <= 168, `${count} ranks: ${heightOfRows(rows)} px`);
    }
  });

  it('say how many ranks share a row', () => {
    assert.equal(mostRanksOfRow(layOutRows(sequence(8))), 1);
    const rows = layOutRows(sequence(1024), 0);
    assert.equal(mostRanksOfRow(rows), rows[0].ranks.length);
    assert.ok(rows.length * rows[0].ranks.length >= 1024);
  });

  it('are labeled by their ranks, and by their number where those are not in sequence', () => {
    const plain = (rows: ReturnType<typeof layOutRows>) =>
      labelRows(rows).map(({ texts: [first] }) => first.replaceAll('\u202f', ' '));
    assert.deepEqual(plain(layOutRows([0, 1, 3])), ['rank 0', 'rank 1', 'rank 3']);
    const mixed = [9, 4, ...sequence(60).map((i) => 100 - i)];
    assert.deepEqual(plain(layOutRows(mixed)).slice(0, 3), ['rank 9', 'rank 4', 'rank 100']);
    assert.deepEqual(plain(layOutRows(mixed)).slice(-2), ['56 others', '2 a row']);
    const [first, second] = plain(layOutRows(sequence(1024), 0));
    const [row] = layOutRows(sequence(1024), 0);
    assert.equal(first, `ranks 0\u2013${row.ranks.length - 1}`);
    assert.match(second, /^ranks \d+\u2013\d+$/);
  });

  it('have a note beside the rank where there is one', () => {
    const labels = labelRows(layOutRows([4, 2]), (rank) => (rank === 4 ? '+30 %' : ''));
    assert.deepEqual(
      labels.map(({ texts }) => texts),
      [
        ['rank 4 +30 %', '4 +30 %', 'rank 4', '4'],
        ['rank 2', '2'],
      ],
    );
  });

  it('have labels that do not overlap', () => {
    for (const count of [3, 20, 64, 1024]) {
      for (const own of [0, 6]) {
        const labels = labelRows(layOutRows(sequence(count).reverse(), own));
        labels.slice(1).forEach(({ y }, i) => assert.ok(y - labels[i].y >= 11, `${count}: ${y}`));
      }
    }
  });
});

describe('the heat map', () => {
  const look = { medianNs: 10, width: 800 };

  it('has a cell for each step of each rank, its ratio against the median', () => {
    const all = [...steps([10, 20, 10]), ...steps([10, 10, 30], 1)];
    const heat = layOutHeat(all, layOutRows([1, 0]), look);
    assert.deepEqual(
      heat.cells.map(({ row, column, ratio }) => [row, column, ratio]),
      [
        [0, 0, 1],
        [0, 1, 1],
        [0, 2, 3],
        [1, 0, 1],
        [1, 1, 2],
        [1, 2, 1],
      ],
    );
    for (const cell of heat.cells) {
      assert.equal(cellAt(heat, cell.x + 1, cell.y + 1), cell);
    }
    const last = heat.cells[5];
    assert.equal(cellAt(heat, last.x + 1000, last.y + 1), undefined);
    assert.equal(cellAt(heat, 5, last.y + 1), undefined, 'the labels are no cells');
    assert.equal(cellAt(heat, last.x + 1, 500), undefined);
  });

  it('shows the slowest of several steps where there is no room for each', () => {
    const durations = Array.from({ length: 5000 }, (_, i) => (i === 2222 ? 90 : 10));
    const heat = layOutHeat(steps(durations), layOutRows([0]), { ...look, width: 400 });
    assert.ok(heat.cells.length <= 400);
    assert.deepEqual(
      heat.cells.filter(({ ratio }) => ratio > 1).map(({ step }) => step.step),
      [2222],
    );
    assert.equal(heat.columnOf(2222), heat.cells.find(({ ratio }) => ratio > 1)!.column);
  });

  it('shows the slowest of several ranks where there is no room for each', () => {
    const all = sequence(1024).flatMap((rank) => steps([10, rank === 777 ? 90 : 10], rank));
    const heat = layOutHeat(all, layOutRows(sequence(1024)), look);
    assert.equal(heat.cells.length, 2 * heat.rows.length);
    const slow = heat.cells.filter(({ ratio }) => ratio > 1);
    assert.deepEqual(
      slow.map(({ step }) => step.rank),
      [777],
    );
    assert.ok(heat.rows[slow[0].row].ranks.includes(777));
  });

  it('lets no warm-up stand for an analyzed step, however long it took', () => {
    const all = [...steps([500, 10]), ...steps([10, 10], 1, false)];
    const heat = layOutHeat(all, [{ ranks: [0, 1], top: 0, height: 4 }], look);
    assert.deepEqual(
      heat.cells.map(({ step }) => [step.rank, step.durationNs]),
      [
        [1, 10],
        [0, 10],
      ],
    );
  });
});

describe('the colors of steps', () => {
  it('are hottest where the slowest percent begins, within bounds', () => {
    const times = Array.from({ length: 200 }, (_, i) => (i < 190 ? 100 : 140));
    assert.equal(hottestRatio(steps(times, 0, false), 100), 1.4);
    assert.equal(hottestRatio(steps(times.map(() => 100)), 100), 1.1);
    assert.equal(hottestRatio(steps([900, 900, 900]), 100), 2);
    assert.equal(hottestRatio(steps([9000, 100, 100]), 100), 1.1, 'the warm-up does not count');
  });

  it('change from the median on to the hottest, and no more above and below', () => {
    const scale = new HeatScale(1.4);
    const colors = [0.5, 1, 1.2, 1.4, 3].map((ratio) => scale.color(ratio));
    assert.equal(colors[0], colors[1]);
    assert.equal(colors[3], colors[4]);
    assert.equal(new Set(colors).size, 3);
  });
});

describe('the keyboard in the heat map', () => {
  const all = [...steps([10, 20, 10]), ...steps([10, 10], 1), ...steps([10, 10, 30], 2)];
  const heat = layOutHeat(all, layOutRows([0, 1, 2]), { medianNs: 10, width: 800 });
  const from = heat.cellOf(0, 2)!;
  const after = (key: string, cell = from) => {
    const next = cellAfterKey(key, heat, cell);
    return next === null ? null : [next.row, next.column];
  };

  it('goes from cell to cell, over cells that no step has, and stays at the ends', () => {
    assert.deepEqual(after('ArrowLeft'), [0, 1]);
    assert.deepEqual(after('ArrowRight'), [0, 2]);
    assert.deepEqual(after('ArrowUp'), [0, 2]);
    assert.deepEqual(after('ArrowDown'), [2, 2], 'rank 1 has no third step');
    assert.deepEqual(after('ArrowDown', heat.cellOf(0, 1)), [1, 1]);
  });

  it('goes to the ends with Home and End, Page Up and Page Down, and leaves other keys alone', () => {
    assert.deepEqual(after('Home'), [0, 0]);
    assert.deepEqual(after('End', heat.cellOf(1, 0)), [1, 1]);
    assert.deepEqual(after('PageDown'), [2, 2]);
    assert.deepEqual(after('PageUp', heat.cellOf(2, 0)), [0, 0]);
    assert.equal(after('x'), null);
  });
});
