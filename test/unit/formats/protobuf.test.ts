import assert from 'node:assert/strict';
import {
  FieldStream,
  type FieldVisitor,
  type WholeField,
} from '../../../src/core/formats/protobuf/field-stream.ts';
import { WireCursor } from '../../../src/core/formats/protobuf/wire-cursor.ts';
import { protoBytes } from '../../support/proto-bytes.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function cursorOf(bytes: Uint8Array): WireCursor {
  return new WireCursor().open(bytes, 0, bytes.length);
}

/** What a stream tells, as text. */
class Log implements FieldVisitor {
  readonly lines: string[] = [];

  wants(field: number): boolean {
    return field !== 9;
  }

  onField({ field, bytes, start, end, fileOffset }: WholeField): void {
    this.lines.push(`${field}: ${[...bytes.subarray(start, end)].join(' ')} at ${fileOffset}`);
  }

  onCut({ field, bytes, start, end, fileOffset }: WholeField): void {
    const content = [...bytes.subarray(start, end)].join(' ');
    this.lines.push(`cut ${field}: ${content} at ${fileOffset}`);
  }

  onTooLarge(field: number, fileOffset: number): void {
    this.lines.push(`too large ${field} at ${fileOffset}`);
  }

  onMalformed(fileOffset: number): void {
    this.lines.push(`malformed at ${fileOffset}`);
  }
}

function logOf(bytes: Uint8Array, chunkBytes: number, maxFieldBytes = 1_000): string[] {
  const log = new Log();
  const stream = new FieldStream(log, maxFieldBytes);
  const shared = new Uint8Array(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes);
    shared.set(piece);
    stream.push(shared.subarray(0, piece.length));
  }
  stream.finish();
  return log.lines;
}

describe('a message', () => {
  it('gives integers exactly, of any size and sign', () => {
    for (const value of [
      0n,
      127n,
      128n,
      2n ** 32n,
      2n ** 53n - 1n,
      2n ** 53n + 1n,
      2n ** 64n - 1n,
    ]) {
      const cursor = cursorOf(protoBytes([[1, value]]));
      assert.ok(cursor.next());
      assert.equal(cursor.bigint(), value);
      const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER);
      const integer = cursor.integer();
      // The largest is -1 to who takes it for signed.
      assert.equal(integer, isSafe ? Number(value) : value === 2n ** 64n - 1n ? -1 : value);
    }
    const negative = cursorOf(protoBytes([[1, -5]]));
    assert.ok(negative.next());
    assert.deepEqual([negative.number(), negative.integer()], [-5, -5]);
    const fixed = cursorOf(protoBytes([[1, { fixed64: 2n ** 63n + 1n }]]));
    assert.ok(fixed.next());
    assert.equal(fixed.integer(), 2n ** 63n + 1n);
  });

  it('gives doubles and texts, cut to what can be shown', () => {
    const cursor = cursorOf(
      protoBytes([
        [1, { double: -0.125 }],
        [2, 'grün'],
        [3, 'ü'.repeat(3_000)],
      ]),
    );
    assert.ok(cursor.next());
    assert.equal(cursor.double(), -0.125);
    assert.ok(cursor.next());
    assert.equal(cursor.text(), 'grün');
    assert.ok(cursor.next());
    assert.equal(cursor.text(), `${'ü'.repeat(2_048)}…`);
    assert.ok(!cursor.next() && cursor.isSound);
  });

  it('that is cut gives what is whole, and says so', () => {
    const bytes = protoBytes([
      [1, 300],
      [2, 'text'],
    ]);
    for (let length = 0; length < bytes.length; length++) {
      const cursor = new WireCursor().open(bytes, 0, length);
      let count = 0;
      while (cursor.next()) {
        count += cursor.isCut ? 0 : 1;
        assert.ok(cursor.end <= length);
      }
      assert.equal(count, length >= 3 ? 1 : 0);
      assert.equal(cursor.isCut, length !== 0 && length !== 3, `cut at ${length}`);
    }
  });

  it('ends at groups, at field 0 and at numbers without end', () => {
    for (const bytes of [[0x0b], [0x0c], [0x0f], [0x00, 0x01], Array<number>(11).fill(0xff)]) {
      const cursor = cursorOf(Uint8Array.from(bytes));
      assert.ok(!cursor.next());
      assert.ok(cursor.isMalformed, bytes.join(' '));
    }
  });
});

describe('a stream of fields', () => {
  const bytes = protoBytes([
    [1, Uint8Array.of(1, 2, 3)],
    [2, 5],
    [9, new Uint8Array(500)],
    [3, new Uint8Array(0)],
    [4, { fixed64: 7n }],
    [1, new Uint8Array(200).fill(9)],
  ]);
  const large = Array(200).fill('9').join(' ');

  it('tells the same in pieces of any size', () => {
    const whole = logOf(bytes, bytes.length);
    assert.deepEqual(whole, ['1: 1 2 3 at 2', '3:  at 512', `1: ${large} at 524`]);
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes++) {
      assert.deepEqual(logOf(bytes, chunkBytes), whole, `${chunkBytes} bytes a piece`);
    }
  });

  it('tells the same of what is cut, too large or damaged', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 300; i++) {
      const mutated = bytes.slice(0, Math.floor(random() * bytes.length) + 1);
      mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
      const whole = logOf(mutated, mutated.length);
      assert.deepEqual(logOf(mutated, 1 + Math.floor(random() * 30)), whole);
    }
  });

  it('passes over what is too large, and believes no length', () => {
    const max = 100;
    for (const chunkBytes of [1, 10, bytes.length]) {
      const limited = logOf(bytes, chunkBytes, max);
      assert.deepEqual(limited, ['1: 1 2 3 at 2', '3:  at 512', 'too large 1 at 524']);
    }
    const endless = Uint8Array.of(0x0a, ...Array<number>(8).fill(0xff), 0x7f, 1, 2, 3);
    assert.deepEqual(logOf(endless, 5), ['too large 1 at 10', 'cut 1:  at 10']);
  });
});
