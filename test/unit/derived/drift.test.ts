import assert from 'node:assert/strict';
import { findDrift } from '../../../src/core/derived/drift.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const CHANCE = 0.01;

describe('a drift', () => {
  it('is seen along the line through all values', () => {
    const drift = findDrift(
      values(80, (i) => 100 + i),
      CHANCE,
    );
    assert.ok(drift !== null && Math.abs(drift.total - 79) < 1 && Math.abs(drift.start - 100) < 1);
    assert.ok(Math.abs(drift.rises[79] - 76) < 1.5, `${drift.rises[79]}`);
  });

  it('is seen where nothing grew until the last ten', () => {
    const drift = findDrift(
      values(75, (i, noise) => (i < 65 ? 100 + noise : 150 + 2 * (i - 65))),
      CHANCE,
    );
    // The last fifth: five of about 100, then 150 to 168; its median is 154.
    assert.ok(drift !== null && Math.abs(drift.total - 54) < 2, `${drift?.total}`);
    assert.equal(drift.rises[10], Math.max(0, drift.rises[10]));
    assert.ok(drift.rises[10] < 1);
  });

  it('is seen in what comes back every so often', () => {
    const drift = findDrift(
      values(60, (i, noise) => (i % 10 === 9 ? 120 + 4 * i : 100 + noise)),
      CHANCE,
    );
    // Ten of the first cycle take 1056, ten of the last 1256: a tenth of that each.
    assert.ok(drift !== null && Math.abs(drift.total - 20) < 3, `${drift?.total}`);
    // All of it is in the slow ones.
    assert.equal(drift.rises[20], 0);
    assert.ok(drift.rises[59] > 150 && drift.rises[59] <= 200);
  });

  it('is none where values jump and stay, vary, or come back as they were', () => {
    for (const valueOf of [
      (i: number, noise: number) => (i < 65 ? 100 : 150) + noise,
      (_: number, noise: number) => 100 + 20 * noise,
      (i: number, noise: number) => (i % 10 === 9 ? 160 : 100) + noise,
    ]) {
      assert.equal(findDrift(values(75, valueOf), CHANCE), null);
    }
  });

  it('is none of two values, or of nothing', () => {
    assert.equal(findDrift(Float64Array.of(1, 2), CHANCE), null);
    assert.equal(
      findDrift(
        values(60, () => 0),
        CHANCE,
      ),
      null,
    );
  });
});

function values(
  length: number,
  valueOf: (i: number, noise: number) => number,
): Float64Array<ArrayBuffer> {
  const random = seededRandom(7);
  return Float64Array.from({ length }, (_, i) => valueOf(i, random()));
}
