import assert from 'node:assert/strict';
import { readPickle } from '../../../../src/core/formats/pickle/read-pickle.ts';
import { InertObject, type PickleValue } from '../../../../src/core/formats/pickle/pickle-value.ts';
import { writePickle } from '../../../support/write-pickle.ts';

/** One value of every kind, as Python 3 writes it in protocols 0 to 5. */
const BY_PYTHON = [
  'KGRwMApWYQpwMQoobHAyCkkxCmFJLTIKYUkzMDAKYUk3MDAwMAphSS01CmFMMTA5OTUxMTYyNzc3NkwKYUw0NjExNjg2MDE4NDI3Mzg3OTA0TAphTC0xMTgwNTkxNjIwNzE3NDExMzAzNDI0TAphRjEuNQphRmluZgphc1Z0CnAzCihJMQpWdHdvCnA0Ck5JMDEKSTAwCnRwNQpzVm4KcDYKKGRwNwpWZGVlcApwOAoobHA5CihscDEwCmEoZHAxMQphKHRhc3NWdQpwMTIKVulcdTAwMGFcdTAwNWMiXHU0ZTJkCnAxMwpzVmIKcDE0CmNfY29kZWNzCmVuY29kZQpwMTUKKFZcdTAwMDD/CnAxNgpWbGF0aW4xCnAxNwp0cDE4ClJwMTkKc1ZzCnAyMApjX19idWlsdGluX18Kc2V0CnAyMQooKGxwMjIKSTMKYXRwMjMKUnAyNApzVm8KcDI1CmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApwMjYKKHRScDI3ClZrCnAyOApJMQpzc1Z4CnAyOQoobHAzMApJNwphc1Z5CnAzMQpnMzAKcy4=',
  'fXEAKFgBAAAAYXEBXXECKEsBSv7///9NLAFKcBEBAEr7////TDEwOTk1MTE2Mjc3NzZMCkw0NjExNjg2MDE4NDI3Mzg3OTA0TApMLTExODA1OTE2MjA3MTc0MTEzMDM0MjRMCkc/+AAAAAAAAEd/8AAAAAAAAGVYAQAAAHRxAyhLAVgDAAAAdHdvcQROSTAxCkkwMAp0cQVYAQAAAG5xBn1xB1gEAAAAZGVlcHEIXXEJKF1xCn1xCyllc1gBAAAAdXEMWAgAAADDqQpcIuS4rXENWAEAAABicQ5jX2NvZGVjcwplbmNvZGUKcQ8oWAMAAAAAw79xEFgGAAAAbGF0aW4xcRF0cRJScRNYAQAAAHNxFGNfX2J1aWx0aW5fXwpzZXQKcRUoXXEWSwNhdHEXUnEYWAEAAABvcRljY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcRopUnEbWAEAAABrcRxLAXNYAQAAAHhxHV1xHksHYVgBAAAAeXEfaB51Lg==',
  'gAJ9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEASvv///+KBgAAAAAAAYoIAAAAAAAAAECKCQAAAAAAAAAAwEc/+AAAAAAAAEd/8AAAAAAAAGVYAQAAAHRxAyhLAVgDAAAAdHdvcQROiIl0cQVYAQAAAG5xBn1xB1gEAAAAZGVlcHEIXXEJKF1xCn1xCyllc1gBAAAAdXEMWAgAAADDqQpcIuS4rXENWAEAAABicQ5jX2NvZGVjcwplbmNvZGUKcQ9YAwAAAADDv3EQWAYAAABsYXRpbjFxEYZxElJxE1gBAAAAc3EUY19fYnVpbHRpbl9fCnNldApxFV1xFksDYYVxF1JxGFgBAAAAb3EZY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnEaKVJxG1gBAAAAa3EcSwFzWAEAAAB4cR1dcR5LB2FYAQAAAHlxH2gedS4=',
  'gAN9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEASvv///+KBgAAAAAAAYoIAAAAAAAAAECKCQAAAAAAAAAAwEc/+AAAAAAAAEd/8AAAAAAAAGVYAQAAAHRxAyhLAVgDAAAAdHdvcQROiIl0cQVYAQAAAG5xBn1xB1gEAAAAZGVlcHEIXXEJKF1xCn1xCyllc1gBAAAAdXEMWAgAAADDqQpcIuS4rXENWAEAAABicQ5DAgD/cQ9YAQAAAHNxEGNidWlsdGlucwpzZXQKcRFdcRJLA2GFcRNScRRYAQAAAG9xFWNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxFilScRdYAQAAAGtxGEsBc1gBAAAAeHEZXXEaSwdhWAEAAAB5cRtoGnUu',
  'gASV1gAAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEASvv///+KBgAAAAAAAYoIAAAAAAAAAECKCQAAAAAAAAAAwEc/+AAAAAAAAEd/8AAAAAAAAGWMAXSUKEsBjAN0d2+UToiJdJSMAW6UfZSMBGRlZXCUXZQoXZR9lCllc4wBdZSMCMOpClwi5LitlIwBYpRDAgD/lIwBc5SPlChLA5CMAW+UjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUjAFrlEsBc4wBeJRdlEsHYYwBeZRoGXUu',
  'gAWV1gAAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEASvv///+KBgAAAAAAAYoIAAAAAAAAAECKCQAAAAAAAAAAwEc/+AAAAAAAAEd/8AAAAAAAAGWMAXSUKEsBjAN0d2+UToiJdJSMAW6UfZSMBGRlZXCUXZQoXZR9lCllc4wBdZSMCMOpClwi5LitlIwBYpRDAgD/lIwBc5SPlChLA5CMAW+UjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUjAFrlEsBc4wBeJRdlEsHYYwBeZRoGXUu',
];

/** `{'entries': [X]}` where X's `__reduce__` is `os.system('echo pwned > /tmp/pwned')`, protocols 0, 2 and 4. */
const CALLING = [
  'KGRwMApWZW50cmllcwpwMQoobHAyCmNwb3NpeApzeXN0ZW0KcDMKKFZlY2hvIHB3bmVkID4gL3RtcC9wd25lZApwNAp0cDUKUnA2CmFzLg==',
  'gAJ9cQBYBwAAAGVudHJpZXNxAV1xAmNwb3NpeApzeXN0ZW0KcQNYFwAAAGVjaG8gcHduZWQgPiAvdG1wL3B3bmVkcQSFcQVScQZhcy4=',
  'gASVQgAAAAAAAAB9lIwHZW50cmllc5RdlIwFcG9zaXiUjAZzeXN0ZW2Uk5SMF2VjaG8gcHduZWQgPiAvdG1wL3B3bmVklIWUUpRhcy4=',
];

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function dictionary(value: PickleValue): ReadonlyMap<PickleValue, PickleValue> {
  assert.ok(value instanceof Map);
  return value as ReadonlyMap<PickleValue, PickleValue>;
}

describe('readPickle', () => {
  for (const [protocol, base64] of BY_PYTHON.entries()) {
    it(`reads what Python writes in protocol ${protocol}`, () => {
      const { value, problem } = readPickle(bytesOf(base64));
      assert.equal(problem, null);
      const found = dictionary(value);
      assert.deepEqual(found.get('a'), [
        1,
        -2,
        300,
        70000,
        -5,
        2 ** 40,
        2n ** 62n,
        -(2n ** 70n),
        1.5,
        Infinity,
      ]);
      assert.deepEqual(found.get('t'), [1, 'two', null, true, false]);
      assert.deepEqual(found.get('n'), new Map([['deep', [[], new Map(), []]]]));
      assert.equal(found.get('u'), 'é\n\\"中');
      assert.equal(found.get('x'), found.get('y'));
      assert.deepEqual(found.get('x'), [7]);
      const ordered = found.get('o');
      assert.ok(ordered instanceof InertObject);
      assert.equal(ordered.name, 'collections.OrderedDict');
      assert.deepEqual(found.get('s'), protocol >= 4 ? [3] : found.get('s'));
      assert.deepEqual(found.get('b'), protocol >= 3 ? Uint8Array.of(0, 255) : found.get('b'));
    });
  }

  it('reads what our own writer of protocol 2 writes', () => {
    const value = {
      text: 'ü',
      list: [0, -1, 2 ** 31, 10n ** 18n, 0.5],
      none: null,
      yes: true,
      inner: { a: [] },
    };
    const { value: read, problem } = readPickle(writePickle(value));
    assert.equal(problem, null);
    assert.deepEqual(dictionary(read).get('list'), [0, -1, 2 ** 31, 10n ** 18n, 0.5]);
    assert.deepEqual(dictionary(read).get('inner'), new Map([['a', []]]));
  });

  it('calls nothing: what would have been called is a name with its arguments', () => {
    for (const base64 of CALLING) {
      const { value, problem } = readPickle(bytesOf(base64));
      assert.equal(problem, null);
      const [entry] = dictionary(value).get('entries') as readonly PickleValue[];
      assert.ok(entry instanceof InertObject);
      assert.equal(entry.name, 'posix.system');
      assert.deepEqual(entry.parts, [['echo pwned > /tmp/pwned']]);
    }
  });

  it('gives what was complete of a pickle that is cut at any byte', () => {
    const entries = Array.from({ length: 5 }, (_, i) => ({ id: i, name: `n${i}` }));
    const bytes = writePickle({ version: '2.9', entries });
    let most = 0;
    for (let length = 0; length < bytes.length; length++) {
      const { value, problem } = readPickle(bytes.subarray(0, length));
      assert.equal(problem?.kind, 'cut');
      const list =
        value instanceof Map
          ? (value.get('entries') as readonly PickleValue[] | undefined)
          : undefined;
      const whole = (list ?? []).filter((entry) => entry instanceof Map && entry.size === 2).length;
      assert.ok(whole >= most, `${whole} after ${most} at ${length}`);
      most = whole;
    }
    assert.equal(most, entries.length);
  });

  it('refuses what is no program, with the byte where it stops', () => {
    const cases: readonly (readonly [bytes: Uint8Array, reason: RegExp, offset: number])[] = [
      [latin('\x80\x02\xff.'), /operation 255/, 2],
      [latin('\x80\x09.'), /protocol 9/, 0],
      [latin('\x80\x02.'), /value that is not there/, 2],
      [latin('\x80\x02e.'), /mark that is not there/, 2],
      [latin('\x80\x02h\x05.'), /value 5, which was never stored/, 2],
      [latin('\x80\x02K\x01K\x02a.'), /no list/, 6],
      [latin('\x80\x02K\x01K\x02K\x03s.'), /no dictionary/, 8],
      [latin('\x80\x02\x8a\x41'.padEnd(80, 'x')), /whole number of 65 bytes/, 2],
      [latin('I12three\n.'), /whole number that is none/, 0],
      [latin('\x80\x05\x97.'), /out-of-band/, 2],
      [latin('(K\x01K\x020000.'), /value that is not there/, 8],
    ];
    for (const [bytes, reason, offset] of cases) {
      const { problem } = readPickle(bytes);
      assert.equal(problem?.kind, 'refused');
      assert.match(problem.reason, reason);
      assert.equal(problem.byteOffset, offset);
    }
  });

  it('takes a length beyond the end for a cut, however large', () => {
    for (const head of [
      'X\xff\xff\xff\xff',
      '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f',
      'B\xff\xff\xff\x7f',
      '\x8b\x40\x00\x00\x00',
    ]) {
      assert.equal(readPickle(latin(`\x80\x04${head}abc`)).problem?.kind, 'cut');
    }
  });

  it('stops at a bound where a byte would make much', () => {
    const bombs: readonly (readonly [bomb: string, count: number])[] = [
      [']', 2_000_001],
      ['}', 2_000_001],
      ['(', 8_000_001],
      ['N2', 4_000_001],
    ];
    for (const [bomb, count] of bombs) {
      const started = performance.now();
      const { problem } = readPickle(latin(`\x80\x04${bomb.repeat(count)}.`));
      assert.ok(performance.now() - started < 10_000);
      assert.match(problem?.reason ?? '', /more than/);
    }
  }).timeout(60_000);

  it('reads lists that hold themselves, and shared ones once', () => {
    const { value } = readPickle(latin('\x80\x02]q\x00h\x00a.'));
    assert.ok(Array.isArray(value));
    assert.equal(value[0], value);
    const doubling = latin(`\x80\x02]${'q\x00(h\x00h\x00l'.repeat(64)}.`);
    assert.equal(readPickle(doubling).problem, null);
  });
});
