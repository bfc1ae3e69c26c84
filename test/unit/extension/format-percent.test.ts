import assert from 'node:assert/strict';
import {
  formatChange,
  formatPercent,
  formatSigned,
} from '../../../src/extension/format-percent.ts';
import { plainSpaces } from '../../support/plain-spaces.ts';

describe('a percentage beside the code', () => {
  it('has a decimal below ten, and is never nothing for what takes time', () => {
    const texts = [0, 0.02, 0.049, 0.05, 4, 9.84, 70.6].map((it) => plainSpaces(formatPercent(it)));
    assert.deepEqual(texts, ['0 %', '<0.1 %', '<0.1 %', '0.1 %', '4 %', '9.8 %', '71 %']);
  });

  it('has a sign, or an arrow against another run', () => {
    assert.deepEqual([41, -8].map(formatSigned).map(plainSpaces), ['+41 %', '−8 %']);
    assert.deepEqual([12, -0.01].map(formatChange).map(plainSpaces), ['▲ 12 %', '▼ <0.1 %']);
  });
});
