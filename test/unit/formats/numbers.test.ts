import assert from 'node:assert/strict';
import {
  readDecimal,
  readNumber,
  readThousandthsAsDecimal,
} from '../../../src/core/formats/json/numbers.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function decimal(text: string): [number, number] | null {
  const bytes = new TextEncoder().encode(text);
  const out = { whole: NaN, milli: NaN };
  return readDecimal(bytes, 0, bytes.length, out) ? [out.whole, out.milli] : null;
}

function nanoseconds(text: string): [number, number] | null {
  const bytes = new TextEncoder().encode(text);
  const out = { whole: NaN, milli: NaN };
  return readThousandthsAsDecimal(bytes, 0, bytes.length, out) ? [out.whole, out.milli] : null;
}

describe('numbers', () => {
  it('are read in two exact parts', () => {
    assert.deepEqual(decimal('6322354283892.3'), [6_322_354_283_892, 300]);
    assert.deepEqual(decimal('"1736408883688177.930"'), [1_736_408_883_688_177, 930]);
    assert.deepEqual(decimal('1623142623460230'), [1_623_142_623_460_230, 0]);
    assert.deepEqual(decimal('0.0004'), [0, 0]);
    assert.deepEqual(decimal('0.0005'), [0, 1]);
    assert.deepEqual(decimal('1.9999'), [1, 1000]);
    assert.deepEqual(decimal('-2.5'), [-2, -500]);
  });

  it('have exponents and more digits than a double', () => {
    assert.deepEqual(decimal('1.6231426234602305e15'), [1_623_142_623_460_230, 500]);
    assert.deepEqual(decimal('25E-1'), [2, 500]);
    assert.deepEqual(decimal('.5'), [0, 500]);
    assert.deepEqual(decimal('00000000000000000001.001'), [1, 1]);
    assert.deepEqual(decimal('-1e3'), [-1_000, 0]);
  });

  it('are refused where they are none', () => {
    for (const text of [
      '',
      '-',
      '.',
      '"',
      '""',
      'NaN',
      '1.2.3',
      '1e',
      '0x10',
      '1e9999',
      '12 ',
      'null',
    ]) {
      assert.equal(decimal(text), null, text);
    }
  });

  it('agree with exact arithmetic for any digits', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 2_000; i++) {
      const whole = BigInt(Math.floor(random() * 9e15));
      const decimals = String(Math.floor(random() * 1e6)).padStart(6, '0');
      const ns = (whole * 1_000_000n + BigInt(decimals) + 500n) / 1_000n;
      const parts = decimal(`${whole}.${decimals}`);
      assert.equal(BigInt(parts?.[0] ?? 0) * 1000n + BigInt(parts?.[1] ?? 0), ns);
    }
  });

  it('of nanoseconds are split without loss', () => {
    assert.deepEqual(nanoseconds('1763724000123456789'), [1_763_724_000_123_456, 789]);
    assert.deepEqual(nanoseconds('123456789'), [123_456, 789]);
    assert.deepEqual(nanoseconds('-1500'), [-1, -500]);
    assert.deepEqual(nanoseconds('1500.6'), [1, 501]);
    assert.equal(nanoseconds('soon'), null);
  });

  it('as doubles', () => {
    const number = (text: string): number => {
      const bytes = new TextEncoder().encode(text);
      return readNumber(bytes, 0, bytes.length);
    };
    assert.deepEqual(['12', '-1', '1.5', '"46516"', '"0x1f"', '9007199254740993'].map(number), [
      12,
      -1,
      1.5,
      46516,
      31,
      2 ** 53,
    ]);
    assert.ok(
      ['', '""', 'true', 'null', '"a1"', '[1]'].every((text) => Number.isNaN(number(text))),
    );
  });
});
