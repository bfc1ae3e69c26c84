import assert from 'node:assert/strict';
import { layOutAxis, partsOfSteps } from '../../../webview/timeline/axis.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

function axis(startNs: number, endNs: number, originNs: number, isSigned = false) {
  const range = { startNs, endNs };
  const part = { ...range, originNs, name: isSigned ? 'step 4' : '' };
  const { ticks, base } = layOutAxis([part], range, 550, isSigned);
  return { base: plain(base), ticks: ticks.map(({ x, text }) => [Math.round(x), plain(text)]) };
}

describe('the times of the ruler', () => {
  it('count from the begin of the run, in one unit', () => {
    assert.deepEqual(axis(1_000e6, 1_005e6, 1_000e6), {
      base: '',
      ticks: [
        [0, '0 ms'],
        [110, '1 ms'],
        [220, '2 ms'],
        [330, '3 ms'],
        [440, '4 ms'],
        [550, '5 ms'],
      ],
    });
    assert.deepEqual(axis(20e9, 25e9, 0).ticks[1], [110, '21 s']);
  });

  it('have a sign where they count from something within the run', () => {
    const { ticks } = axis(90e6, 110e6, 100e6, true);
    assert.deepEqual(
      ticks.map(([, text]) => text),
      ['-10 ms', '-5 ms', '0 ms', '+5 ms', '+10 ms'],
    );
  });

  it('are told against a base where whole ones would be too long, each differing from the next', () => {
    const { base, ticks } = axis(20_123_456_789, 20_123_457_789, 0);
    assert.equal(base, '20.1234 s');
    assert.deepEqual(ticks.slice(0, 2), [
      [6, '+56.8 µs'],
      [116, '+57.0 µs'],
    ]);
    assert.equal(new Set(ticks.map(([, text]) => text)).size, ticks.length);
    assert.match(axis(20_123_456_789, 20_123_457_789, 0, true).base, /^step 4 \+ 20\.1234 s$/);
  });

  it('begin anew with each step that has room for them', () => {
    const steps = [0, 100, 140, 150].map((ms, step) => ({
      rank: 0,
      step,
      startNs: ms * 1e6,
      durationNs: [100, 40, 10, 100][step] * 1e6,
      isWarmup: false,
    }));
    const range = { startNs: 50e6, endNs: 200e6 };
    const parts = partsOfSteps(steps, range, 300);
    assert.deepEqual(
      parts.map(({ name }) => name),
      ['step 0', 'step 1', 'step 3'],
      'of step 2 only 20 pixels are in view',
    );
    const { ticks } = layOutAxis(parts, range, 300, true);
    assert.deepEqual(
      ticks.map(({ x, endX, text }) => [x, endX, plain(text)]),
      [
        [100, 100, '+100 ms'],
        [100, 180, '0 ms'],
        [200, 300, '0 ms'],
      ],
    );
  });
});
