import assert from 'node:assert/strict';
import { readBytes, viewSpans } from '../../support/read-bytes.ts';
import { INVALID_TEXTS, VALID_TEXTS } from '../../support/json-cases.ts';

const FIRST = '{"ph":"X","name":"first","pid":1,"tid":1,"ts":100,"dur":10}';
const LAST = '{"ph":"X","name":"last","pid":1,"tid":1,"ts":200,"dur":10}';
const ENCODER = new TextEncoder();

function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? ENCODER.encode(part) : part)),
  );
}

/** Where a value may stand in a trace, with an event before and one behind it. */
const PLACES: Readonly<Record<string, readonly [before: string, behind: string]>> = {
  argument: [
    `[${FIRST},{"ph":"X","name":"middle","pid":1,"tid":1,"ts":150,"dur":1,"args":{"v":`,
    `}},${LAST}]`,
  ],
  'argument that is looked at': [
    `[${FIRST},{"ph":"X","name":"middle","pid":1,"tid":1,"ts":150,"dur":1,"args":{"correlation":`,
    `,"device":1}},${LAST}]`,
  ],
  'member of the event': [
    `[${FIRST},{"ph":"X","name":"middle","pid":1,"tid":1,"ts":150,"dur":1,"v":`,
    `},${LAST}]`,
  ],
  'member of the trace': [
    `{"schemaVersion":1,"traceEvents":[${FIRST}],"v":`,
    `,"traceEvents":[${LAST}]}`,
  ],
  'member that is looked at': [
    `{"schemaVersion":1,"distributedInfo":`,
    `,"traceEvents":[${FIRST},${LAST}]}`,
  ],
};

describe('the cases of JSON', () => {
  for (const [place, [before, behind]] of Object.entries(PLACES)) {
    it(`what is valid passes as ${place}`, async () => {
      for (const [title, text] of Object.entries(VALID_TEXTS)) {
        for (const chunkBytes of [65_536, 1]) {
          const trace = await readBytes(join(before, text, behind), chunkBytes);
          const names = viewSpans(trace).map(({ name }) => name);
          const expected =
            place.includes('trace') || place.startsWith('member that')
              ? ['first', 'last']
              : ['first', 'middle', 'last'];
          assert.deepEqual(names, expected, title);
          assert.deepEqual([trace.problems, trace.counts.repaired], [[], 0], title);
        }
      }
    });

    it(`what is invalid harms no event before it as ${place}`, async () => {
      for (const [title, text] of Object.entries(INVALID_TEXTS)) {
        const bytes = join(before, text, behind);
        const trace = await readBytes(bytes);
        assert.equal(trace.counts.read, trace.counts.kept + trace.counts.dropped, title);
        if (before.includes(FIRST)) {
          assert.ok(
            viewSpans(trace).some(({ name }) => name === 'first'),
            title,
          );
        }
        assert.deepEqual((await readBytes(bytes, 1)).counts, trace.counts, title);
      }
    });
  }

  it('names are those that JSON.parse gives', async () => {
    for (const [title, text] of Object.entries(VALID_TEXTS)) {
      const value: unknown = JSON.parse(new TextDecoder().decode(join(text)));
      if (typeof value === 'string' && value !== '') {
        const trace = await readBytes(join(`[{"ph":"X","ts":1,"dur":1,"name":`, text, '}]'));
        assert.equal(
          viewSpans(trace)[0].name,
          new TextDecoder().decode(ENCODER.encode(value)),
          title,
        );
      }
    }
  });

  it('as the whole of a file, each is read to its end without an error', async () => {
    for (const [title, text] of Object.entries({ ...VALID_TEXTS, ...INVALID_TEXTS })) {
      const { counts, problems } = await readBytes(join(text));
      assert.equal(counts.read, counts.kept + counts.dropped, title);
      assert.ok(
        counts.kept > 0 ||
          counts.read > 0 ||
          problems.length > 0 ||
          /^ *[[{]/.test(join(text).toString()),
        title,
      );
    }
  });

  it('JSON.parse agrees about what is valid', () => {
    for (const [title, text] of Object.entries(VALID_TEXTS)) {
      assert.doesNotThrow(() => JSON.parse(new TextDecoder().decode(join(text))), title);
    }
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (const [title, text] of Object.entries(INVALID_TEXTS)) {
      assert.throws(() => JSON.parse(strict.decode(join(text))), title);
    }
  });
});
