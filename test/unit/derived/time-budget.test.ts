import assert from 'node:assert/strict';
import type { Intervals } from '../../../src/core/derived/intervals.ts';
import {
  delaysOf,
  excessBeyond,
  restOfEachStep,
  waitsMeanwhile,
} from '../../../src/core/derived/time-budget.ts';
import type { Steps } from '../../../src/core/model/tables.ts';

describe('the time of steps', () => {
  const steps = stepsOf([0, 10], [10, 20], [20, 50]);

  it('beyond a typical part of each is its rest', () => {
    assert.deepEqual(pairs(restOfEachStep(steps, [0, 2], (row) => (row === 0 ? 8 : 10))), [
      [8, 10],
      [30, 50],
    ]);
  });

  it('that slow steps take beyond typical ones is less where others took a part', () => {
    assert.equal(excessBeyond(intervalsOf(), steps, [2], [0, 1]), 20);
    assert.equal(excessBeyond(intervalsOf([25, 40]), steps, [2], [0, 1]), 5);
    // What is taken in every step makes no step slow.
    assert.equal(excessBeyond(intervalsOf([0, 5], [10, 15], [20, 25]), steps, [2], [0, 1]), 20);
  });

  it('that a rank waits while another is held up is whole waits, on the clock of the one that waits', () => {
    const waits = intervalsOf([0, 4], [10, 16], [30, 32]);
    assert.deepEqual(pairs(waitsMeanwhile(waits, intervalsOf([112, 140]), -100)), [
      [10, 16],
      [30, 32],
    ]);
    assert.deepEqual(pairs(waitsMeanwhile(waits, intervalsOf([4, 10]), 0)), []);
  });

  it('that hold-ups cost others lies before the next meeting, as long as they are together', () => {
    const holdUps = intervalsOf([0, 4], [10, 12], [40, 45], [90, 99]);
    assert.deepEqual(pairs(delaysOf(holdUps, [30, 60, 80])), [
      [24, 30],
      [55, 60],
    ]);
  });
});

function intervalsOf(...list: (readonly [number, number])[]): Intervals {
  return {
    length: list.length,
    start: Float64Array.from(list, ([start]) => start),
    end: Float64Array.from(list, ([, end]) => end),
  };
}

function pairs({ start, end }: Intervals): number[][] {
  return Array.from(start, (from, i) => [from, end[i]]);
}

function stepsOf(...list: (readonly [number, number])[]): Steps {
  const { start, end } = intervalsOf(...list);
  return {
    length: list.length,
    number: Int32Array.from(list.keys()),
    start,
    end,
    isWarmup: new Uint8Array(list.length),
    how: 'profiler',
  };
}
