import assert from 'node:assert/strict';
import { computeNesting } from '../../../src/core/derived/nesting.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';

describe('nesting', () => {
  it('puts children below their parents', () => {
    const { depth, parent, depthCount } = nestMs([
      [0, 10],
      [1, 4],
      [2, 3],
      [5, 9],
    ]);
    assert.deepEqual([...depth], [0, 1, 2, 1]);
    assert.deepEqual([...parent], [-1, 0, 1, 0]);
    assert.deepEqual([...depthCount], [3]);
  });

  it('gives spans that overlap without nesting rows of their own, and no parent', () => {
    const { depth, parent } = nestMs([
      [0, 5],
      [3, 8],
    ]);
    assert.deepEqual([...depth], [0, 1]);
    assert.deepEqual([...parent], [-1, -1]);
  });

  it('takes a row again that is free', () => {
    const { depth, depthCount } = nestMs([
      [0, 5],
      [3, 8],
      [6, 11],
      [9, 14],
      [12, 17],
    ]);
    assert.deepEqual([...depth], [0, 1, 0, 1, 0]);
    assert.deepEqual([...depthCount], [2]);
  });

  it('takes an end that rounding moved past the parent for nesting', () => {
    const { parent } = nest([
      [0, 10_000],
      [5_000, 10_900],
    ]);
    assert.deepEqual([...parent], [-1, 0]);
  });

  it('bounds its rows whatever a file holds', () => {
    const many = Array.from({ length: 3_000 }, (_, i): [number, number] => [
      i * 10_000,
      1e9 + i * 10_000,
    ]);
    assert.equal(nest(many).depthCount[0], 1_024);
  });
});

function nest(spans: readonly (readonly [number, number])[]): ReturnType<typeof computeNesting> {
  return computeNesting(
    buildTrace(
      spans.map(([start, end], i): SpanSpec => ({
        lane: 'main',
        name: `${i % 7}`,
        category: 'cpu-op',
        start,
        duration: end - start,
      })),
    ),
  );
}

function nestMs(spans: readonly (readonly [number, number])[]): ReturnType<typeof computeNesting> {
  return nest(spans.map(([start, end]): [number, number] => [start * 1e6, end * 1e6]));
}
