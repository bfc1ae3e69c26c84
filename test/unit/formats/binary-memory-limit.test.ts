import assert from 'node:assert/strict';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { perfettoBytes, slice, track } from '../../support/perfetto-trace.ts';
import { bytesInChunks, viewSpans } from '../../support/read-bytes.ts';
import { type XEvent, xspaceBytes } from '../../support/xplane-file.ts';

const STEPS = 40;
const WORK = 9;

function read(bytes: Uint8Array, options: object = {}): Promise<Trace> {
  const { signal } = new AbortController();
  // A file can be read from its beginning as often as one likes.
  const source = { ...bytesInChunks(bytes), chunks: () => bytesInChunks(bytes).chunks(signal) };
  return readTrace(source, { signal, ...options });
}

/** Steps of 1 ms on the host, with kernels that begin in each of them. */
function longProfile(): Uint8Array {
  const steps: XEvent[] = [];
  const kernels: XEvent[] = [];
  for (let step = 0; step < STEPS; step++) {
    const at = step * 1e9;
    steps.push({ name: 'train', offsetPs: at, durationPs: 9e8, stats: { step_num: step } });
    for (let i = 0; i < WORK; i++) {
      kernels.push({ name: `kernel ${step}`, offsetPs: at + i * 1e8, durationPs: 5e7 });
    }
  }
  return xspaceBytes([
    {
      name: '/device:GPU:0',
      lines: [{ id: 1, name: 'Stream #1(Compute)', timestampNs: 0, events: kernels }],
    },
    { name: '/host:CPU', lines: [{ id: 2, name: 'python', timestampNs: 0, events: steps }] },
  ]);
}

function longTrace(): Uint8Array {
  const packets = [track(1, 'THREAD 1 (1)'), track(2, 'COMPUTE AGENT [0] STREAM [1] (GPU)')];
  for (let step = 0; step < STEPS; step++) {
    const at = 1e9 + step * 1e6;
    for (let i = 0; i < WORK; i++) {
      const start = at + i * 1e5;
      packets.push(...slice(2, `kernel ${step}`, 'kernel_dispatch', [start, start + 5e4]));
    }
    packets.push(...slice(1, `step ${step}`, 'marker_api', [at, at + 9e5]));
  }
  return perfettoBytes(packets);
}

describe('a binary trace of more events than are allowed', () => {
  for (const [name, bytes, eventsOfStep] of [
    ['xplane', longProfile(), WORK + 1],
    ['perfetto', longTrace(), 2 * (WORK + 1)],
  ] as const) {
    it(`${name}: gives whole steps from the middle, and drops nothing`, async () => {
      const whole = await read(bytes);
      assert.equal(whole.counts.kept, STEPS * eventsOfStep);
      assert.deepEqual(await read(bytes, { maxEvents: whole.counts.kept }), whole);
      const part = await read(bytes, { maxEvents: 10 * eventsOfStep });
      const { readSteps, counts, problems } = part;
      assert.ok(readSteps !== null && readSteps !== undefined);
      assert.equal(readSteps.of, STEPS);
      assert.ok(readSteps.first > 10 && readSteps.last < 30, JSON.stringify(readSteps));
      const marks = viewSpans(part).filter(({ category }) => category === 'step');
      assert.equal(marks.length, readSteps.last - readSteps.first + 1);
      assert.ok(counts.kept <= 10 * eventsOfStep, `${counts.kept} events`);
      assert.ok(counts.kept >= 6 * eventsOfStep, `${counts.kept} events`);
      assert.equal(counts.dropped, 0);
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['limited'],
      );
      for (let step = readSteps.first; step <= readSteps.last; step++) {
        const kernels = viewSpans(part).filter((span) => span.name === `kernel ${step}`);
        assert.equal(kernels.length, WORK, `of step ${step}`);
      }
    });
  }
});
