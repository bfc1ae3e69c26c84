import assert from 'node:assert/strict';
import type { Trace } from '../../../src/core/model/trace.ts';
import { fieldsOf, protoBytes } from '../../support/proto-bytes.ts';
import { readBytes, viewSpans } from '../../support/read-bytes.ts';
import { countEvents, smallProfile, type XPlane, xspaceBytes } from '../../support/xplane-file.ts';

const SMALL = xspaceBytes(smallProfile());

function read(planes: readonly XPlane[]): Promise<Trace> {
  return readBytes(xspaceBytes(planes));
}

function host(...events: NonNullable<XPlane['lines']>[number]['events']): XPlane {
  return { name: '/host:CPU', lines: [{ id: 1, name: 'python', timestampNs: 0, events }] };
}

describe('a damaged profile of JAX', () => {
  it('cut at any byte, it keeps the events that are whole', async () => {
    const whole = xspaceBytes(smallProfile().slice(2));
    const borders = new Set([...fieldsOf(whole)].map(({ end }) => end));
    for (let length = 0; length <= whole.length; length++) {
      const bytes = whole.subarray(0, length);
      const { counts, problems, meta } = await readBytes(bytes, 64);
      if (meta.format === 'xplane') {
        assert.equal(counts.kept, countEvents(bytes), `cut at ${length}`);
        assert.equal(counts.read, counts.kept + counts.dropped);
        // Between two planes nothing tells that there was another.
        const isTold = !borders.has(length) || counts.read === 0;
        assert.equal(problems.length > 0, isTold, `cut at ${length}`);
        assert.ok(counts.dropped <= 1);
      } else {
        assert.ok(length < 20, `${length} bytes are known`);
      }
    }
  });

  it('numbers the events whose names are cut off', async () => {
    const bytes = xspaceBytes([host({ name: 'a', offsetPs: 0, durationPs: 1_000 })]);
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x22]), 30);
    const trace = await readBytes(bytes.subarray(0, at));
    assert.deepEqual(
      viewSpans(trace).map(({ name }) => name),
      ['event 1'],
    );
    assert.match(trace.problems[0].reason, /before the names of 1 events/);
  });

  it('lengths that lie, groups and endless numbers harm no other event', async () => {
    const good = xspaceBytes([host({ name: 'good', offsetPs: 0, durationPs: 1_000 })]);
    const hostile: readonly Uint8Array[] = [
      Uint8Array.of(0x0b, 0x0b, 0x0b),
      Uint8Array.of(0x0a, ...Array<number>(9).fill(0xff), 0x01),
      new Uint8Array(100_000).fill(0x0a),
      new Uint8Array(100_000).fill(0xff),
      protoBytes([[1, [[3, [[4, new Uint8Array(1_000).fill(0x22)]]]]]]),
    ];
    for (const bytes of hostile) {
      const trace = await readBytes(Buffer.concat([good, bytes]));
      assert.equal(viewSpans(trace)[0].name, 'good');
      assert.ok(trace.problems.length > 0);
      assert.equal(trace.counts.read, trace.counts.kept + trace.counts.dropped);
    }
  });

  it('names of 1 MB are cut to what can be shown', async () => {
    const trace = await read([host({ name: 'é'.repeat(500_000), offsetPs: 0, durationPs: 1e3 })]);
    assert.match(viewSpans(trace)[0].name, /^é{2000,2048}…$/);
  });

  it('what the profiler warns of is told', async () => {
    const bytes = Buffer.concat([SMALL, protoBytes([[3, 'Dropped 17 events: buffer is full']])]);
    const trace = await readBytes(bytes);
    assert.deepEqual(trace.meta.messages, [
      { level: 'warning', text: 'Dropped 17 events: buffer is full', count: 1 },
    ]);
  });

  it('a profile without events says how to record one', async () => {
    const { problems } = await read([{ name: '/host:CPU' }]);
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['unreadable'],
    );
    assert.match(problems[0].reason, /Record again with jax\.profiler\.trace/);
  });
});
