import assert from 'node:assert/strict';
import {
  baseName,
  formatDuration,
  formatNumber,
  formatPercent,
  formatSaving,
} from '../../../webview/base/format.ts';

const plain = (text: string) => text.replaceAll('\u202f', '_');

describe('formatting for people', () => {
  const durations: readonly [number, string][] = [
    [0, '0_ns'],
    [850, '850_ns'],
    [1_234, '1.2_µs'],
    [999_400, '999_µs'],
    [999_600, '1_ms'],
    [4_840_000, '4.8_ms'],
    [312_400_000, '312_ms'],
    [1_930_000_000, '1_930_ms'],
    [9_999_600_000, '10_s'],
    [64_200_000_000, '64_s'],
    [192e9, '3.2_min'],
  ];
  for (const [ns, text] of durations) {
    it(`writes ${ns} ns as ${text}`, () => assert.equal(plain(formatDuration(ns)), text));
  }

  it('sets thousands apart and keeps one decimal below ten', () => {
    assert.deepEqual([0.04, 3.14, 9.96, 12.5, 1234567, -0.25].map(formatNumber).map(plain), [
      '0',
      '3.1',
      '10',
      '13',
      '1_234_567',
      '−0.3',
    ]);
  });

  it('writes shares, and savings with a true minus', () => {
    assert.equal(plain(formatPercent(61.2)), '61_%');
    assert.equal(plain(formatSaving(5.04)), '−5_%');
  });

  it('finds the file of a path of any system', () => {
    assert.deepEqual(['/a/b/train.py', 'C:\\a\\train.py', 'train.py'].map(baseName), [
      'train.py',
      'train.py',
      'train.py',
    ]);
  });
});
