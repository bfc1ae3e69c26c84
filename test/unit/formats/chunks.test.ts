import assert from 'node:assert/strict';
import type { Trace } from '../../../src/core/model/trace.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { fixture, readBytes } from '../../support/read-bytes.ts';

const FIXTURES = [
  'kineto/2020.json',
  'kineto/2024.json',
  'chrome/unclosed.json',
  'chrome/every-phase.json',
  'spans/rank1.spans.jsonl',
];

/** What is true of any trace, whatever was cut. */
function assertConsistent(trace: Trace, wholeCount: number): void {
  const { counts, lanes, spans, problems } = trace;
  assert.equal(counts.read, counts.kept + counts.dropped);
  assert.ok(counts.read <= wholeCount, `${counts.read} events of ${wholeCount}`);
  assert.ok(counts.dropped === 0 || problems.length > 0);
  assert.equal(
    lanes.reduce((sum, lane) => sum + lane.count, 0),
    spans.length,
  );
  assert.ok(spans.duration.every((duration) => duration >= 0));
}

describe('reading in pieces', () => {
  for (const path of FIXTURES) {
    it(`${path} in chunks of 1, 7 and 100 bytes is the same as in one`, async () => {
      const bytes = fixture(path);
      const whole = await readBytes(bytes);
      for (const chunkBytes of [1, 7, 100]) {
        assert.deepEqual(await readBytes(bytes, chunkBytes), whole);
      }
    });

    it(`${path} cut at every byte gives what was before the cut`, async () => {
      const bytes = fixture(path);
      const whole = await readBytes(bytes);
      let lastKept = 0;
      for (let length = 0; length < bytes.length; length++) {
        const trace = await readBytes(bytes.subarray(0, length));
        assertConsistent(trace, whole.counts.read);
        assert.ok(trace.counts.read >= lastKept, `at ${length}`);
        lastKept = trace.counts.kept > lastKept ? Math.max(0, trace.counts.kept - 1) : lastKept;
      }
    }).timeout(60_000);
  }

  it('a trace larger than a head and many chunks is the same in chunks of 1,000 bytes', async () => {
    const bytes = new TextEncoder().encode(
      generateKineto({ steps: 5, seed: 3, rank: 1, worldSize: 2 }),
    );
    assert.ok(bytes.length > 3 * 65_536);
    const whole = await readBytes(bytes, bytes.length);
    assert.equal(whole.spans.length, 5 * 301);
    assert.deepEqual(await readBytes(bytes, 1_000), whole);
  });

  it('a cut within the text around the events is told', async () => {
    const bytes = fixture('kineto/2024.json');
    const at = new TextDecoder().decode(bytes).indexOf('"traceName"');
    const trace = await readBytes(bytes.subarray(0, at));
    assert.equal(trace.counts.dropped, 0);
    assert.deepEqual(
      trace.problems.map(({ kind, byteOffset }) => [kind, byteOffset]),
      [['cut', at]],
    );
  });

  it('a cut within an event drops that event, at its offset', async () => {
    const bytes = fixture('kineto/2024.json');
    const text = new TextDecoder().decode(bytes);
    const at = text.lastIndexOf('{', text.indexOf('"record_param_comms"'));
    const trace = await readBytes(bytes.subarray(0, at + 50));
    assert.equal(trace.counts.kept, 2);
    assert.equal(trace.counts.dropped, 1);
    assert.equal(trace.problems[0].kind, 'cut');
    assert.equal(trace.problems[0].byteOffset, at);
    assert.match(trace.problems[0].excerpt, /^\{ +"ph": "X", "cat": "cpu_op"/);
  });
});
