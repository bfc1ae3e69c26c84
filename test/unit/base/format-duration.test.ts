import assert from 'node:assert/strict';
import { formatDuration } from '../../../src/base/format-duration.ts';

describe('formatDuration', () => {
  const cases: readonly [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [48_200, '48.2 µs'],
    [312_000_000, '312 ms'],
    [312_449_000, '312 ms'],
    [1_000_000, '1 ms'],
    [999_950, '1 ms'],
    [1_250_000_000, '1.25 s'],
    [75_000_000_000, '75 s'],
    [3_725_000_000_000, '3730 s'],
    [-2_500, '-2.5 µs'],
  ];
  for (const [ns, text] of cases) {
    it(`writes ${String(ns)} ns as ${text}`, () => {
      assert.equal(formatDuration(ns), text.replace(' ', '\u00a0'));
    });
  }
});
