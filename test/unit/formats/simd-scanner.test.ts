import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EVENT_LAYOUT } from '../../../src/core/formats/events/event-layout.ts';
import { ObjectScanner } from '../../../src/core/formats/json/object-scanner.ts';
import { ScanMemory } from '../../../src/core/formats/json/scan-memory.ts';
import { ScannedText } from '../../../src/core/formats/json/scanned-text.ts';
import { SimdScanner } from '../../../src/core/formats/json/simd-scanner.ts';
import { SPAN_LAYOUT } from '../../../src/core/formats/span-lines/span-layout.ts';
import { compileScanner } from '../../../scripts/build-wasm.mjs';
import { corpus } from '../../fuzz/corpus.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const OPEN_BRACE = 0x7b;

/** What a scanner tells of the object that begins at `start`, of a text that ends at `end`. */
function scanAt(scanner: ObjectScanner, start: number): unknown {
  const end = scanner.scan(start);
  const { repairs, hasEscapes, isEmpty } = scanner;
  const ranges = [...scanner.starts].map((from, code) => [
    from,
    from === 0 ? 0 : scanner.ends[code],
  ]);
  // Of what is no object, only that it is none.
  return end < 0 ? end : { end, repairs, hasEscapes, isEmpty, ranges };
}

/** Every object of the text by both scanners, at every brace. */
function compareScanners(text: Uint8Array, layout = EVENT_LAYOUT): number {
  const wide = new ScannedText(layout);
  assert.ok(wide.scanner instanceof SimdScanner, 'this machine has no WebAssembly');
  const plain = new ObjectScanner(layout);
  wide.window.append(text, 0);
  wide.scanner.attach(wide.window.bytes, wide.window.end);
  const bytes = new Uint8Array(text.length + 1);
  bytes.set(text);
  plain.attach(bytes, text.length);
  let count = 0;
  for (let at = text.indexOf(OPEN_BRACE); at >= 0; at = text.indexOf(OPEN_BRACE, at + 1)) {
    assert.deepEqual(scanAt(wide.scanner, at), scanAt(plain, at), `at ${at}`);
    count++;
  }
  wide.close();
  return count;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('the scanner in WebAssembly', () => {
  it('is what its source compiles to', async () => {
    const file = new URL('../../../src/core/formats/json/scan-object-code.ts', import.meta.url);
    assert.equal(readFileSync(file, 'utf8'), await compileScanner());
  });

  it('finds the same members in every sample, whole and cut', () => {
    let count = 0;
    for (const { bytes, isText } of corpus()) {
      if (isText) {
        count += compareScanners(bytes);
        compareScanners(bytes, SPAN_LAYOUT);
        compareScanners(bytes.subarray(0, bytes.length >> 1));
      }
    }
    assert.ok(count > 500, `only ${count} objects`);
  });

  it('finds the same in text made of what matters to it', () => {
    const pieces = [
      ...['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n', '\u0000', '\u0001', 'é'],
      ...['"ph"', '"name":', '"args":{', '"pid": 12,', '"ts": 1.5', 'null', 'true', 'NaN', '-1'],
      ...['"a string of more than sixteen bytes"', '\\"', '\\u00e9', '\\x', '"cat":"kernel",'],
    ];
    const random = seededRandom(7);
    for (let round = 0; round < 3_000; round++) {
      let text = '{';
      for (let i = 0; i < 1 + 40 * random(); i++) {
        text += pieces[Math.floor(pieces.length * random())];
      }
      compareScanners(encode(text));
    }
  });

  it('finds the end of strings of every length at every place', () => {
    for (let length = 0; length < 70; length++) {
      const text = `${' '.repeat(length % 17)}{"name":"${'n'.repeat(length)}","ph":"X","args":{"k":[${'1,'.repeat(length)}0]}}`;
      assert.equal(compareScanners(encode(text)), 2);
      for (let cut = 1; cut < text.length; cut++) {
        compareScanners(encode(text.slice(0, cut)));
      }
    }
  });

  it('reads the same numbers, plain and odd', () => {
    const odd = ['', '-', '.5', '5.', '1e3', '-0', '00012', '1.2.3', '"12"', 'null', 'NaN', '1x'];
    const plain = ['0', '7', '12.345', '12.0', '12.0001', '12.9996', '1.5', '0.0004', '0.0005'];
    const large = [
      '9007199254740993',
      '9000000000000000',
      '9000000000000001',
      '99999999999999999999',
    ];
    const random = seededRandom(11);
    const drawn = Array.from({ length: 300 }, () => {
      const whole = Math.floor(random() * 10 ** Math.floor(18 * random()));
      return `${whole}${random() < 0.5 ? '' : `.${String(random()).slice(2, 2 + Math.floor(8 * random()))}`}`;
    });
    const text = new ScannedText(EVENT_LAYOUT);
    const wide = text.scanner;
    const plainScanner = new ObjectScanner(EVENT_LAYOUT);
    for (const value of [...odd, ...plain, ...large, ...drawn]) {
      const bytes = encode(
        `{"ts": ${value}, "dur":${value},"args":{"correlation":${value}}}\u0000`,
      );
      text.window.append(bytes, text.window.end);
      wide.attach(text.window.bytes, text.window.end - 1);
      plainScanner.attach(new Uint8Array(bytes), bytes.length - 1);
      assert.equal(wide.scan(0), plainScanner.scan(0), value);
      for (const code of EVENT_LAYOUT.numberCodes) {
        const [a, b] = [wide, plainScanner].map((scanner) => {
          const out = { whole: 0, milli: 0 };
          return [scanner.decimal(code, out) ? out : null, scanner.number(code)];
        });
        assert.deepEqual(a, b, value);
      }
    }
    text.close();
  });

  it('takes the texts before for nothing of the next', () => {
    compareScanners(encode(`{"name":"${'x'.repeat(200)}","a":"}]"}`));
    compareScanners(encode('{"name":"x'));
  });

  it('remembers the row of a text for its key alone, and of a bare null never', () => {
    const memory = ScanMemory.borrow(EVENT_LAYOUT);
    assert.ok(memory !== null);
    const scanner = new SimdScanner(EVENT_LAYOUT, memory);
    const scan = (text: string): number[] => {
      const bytes = memory.room(1_000);
      bytes.set(encode(`${text}\u0000`));
      scanner.attach(bytes, text.length);
      assert.equal(scanner.scan(0), text.length);
      return [...scanner.rows];
    };
    const codeOfName = 3;
    assert.ok(scan('{"name":"null"}').every((row) => row === 0));
    scanner.remember(codeOfName, 41);
    assert.equal(scan('{"ph":"X", "name": "null"}')[codeOfName], 41);
    assert.ok(scan('{"name":null,"cat":"null"}').every((row) => row === 0));
    assert.ok(scan('{"name":"nul"}').every((row) => row === 0));
    assert.ok(scan('{"name":"nulls"}').every((row) => row === 0));
    const long = 'k'.repeat(112);
    scan(`{"name":"${long}"}`);
    scanner.remember(codeOfName, 42);
    assert.equal(scan(`{"name":"${long}"}`)[codeOfName], 42);
    assert.equal(scan(`{"name":"${long.slice(1)}K"}`)[codeOfName], 0);
    memory.giveBack();
    const again = ScanMemory.borrow(EVENT_LAYOUT);
    assert.equal(again, memory);
    assert.equal(scan('{"name":"null"}')[codeOfName], 0, 'what another file has is forgotten');
  });
});
