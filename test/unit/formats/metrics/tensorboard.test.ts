import assert from 'node:assert/strict';
import { crc32c } from '../../../../src/base/crc32c.ts';
import { bitwiseCrc32c, drawEvents, record } from '../../../support/tf-events.ts';
import { readMetricBytes as read, metricRows as rowsOf } from '../../../support/view-metrics.ts';

const START = 1_763_632_800;

describe('TensorBoard event files', () => {
  it('reads event files of PyTorch and TensorFlow 2, and passes over damaged records', async () => {
    const bytes = drawEvents([
      { wallTime: START, step: 1, tag: 'loss', value: 2.5 },
      { wallTime: START + 0.25, step: 2, tag: 'loss', value: 1.5, isTensor: true },
      { wallTime: START + 0.5, step: 3, tag: 'loss', value: 0.5 },
    ]);
    const whole = await read(bytes);
    assert.deepEqual(rowsOf(whole), [
      ['loss', null, START, 1, 2.5],
      ['loss', null, START + 0.25, 2, 1.5],
      ['loss', null, START + 0.5, 3, 0.5],
    ]);
    const damaged = bytes.slice();
    damaged[bytes.length - 6] ^= 1;
    const metrics = await read(damaged);
    assert.deepEqual([metrics.length, metrics.counts.dropped], [2, 1]);
    assert.match(metrics.problems[0].reason, /checksum/);
  });

  it('gives all whole records before a cut, wherever it is', async () => {
    const scalars = [0, 1, 2].map((step) => ({
      wallTime: START + step,
      step,
      tag: 'loss',
      value: step,
    }));
    const bytes = drawEvents(scalars);
    const ends = [0, 1, 2, 3].map((count) => drawEvents(scalars.slice(0, count)).length);
    for (let length = ends[0]; length <= bytes.length; length++) {
      const metrics = await read(bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length - 1;
      assert.equal(metrics.length, whole, `cut at ${length}`);
      assert.equal(metrics.counts.dropped, ends.includes(length) ? 0 : 1, `cut at ${length}`);
    }
  });

  it('passes over a record that is too large, and over a million tags in one', async () => {
    const scalar = { wallTime: START, step: 1, tag: 'loss', value: 2.5 };
    const [large, last] = [record(new Uint8Array(17 << 20)), drawEvents([scalar])];
    const bytes = Buffer.concat([drawEvents([]), large, last]);
    assert.equal((await read(bytes)).length, 1);
  });

  it('agrees with the definition of CRC-32C', () => {
    assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 251);
    assert.equal(crc32c(bytes), bitwiseCrc32c(bytes));
  });
});
