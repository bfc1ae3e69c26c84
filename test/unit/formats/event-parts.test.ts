import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { chrome } from '../../../src/core/formats/chrome.ts';
import { findEventBorder } from '../../../src/core/formats/events/find-border.ts';
import { probeEvents } from '../../../src/core/formats/events/probe-events.ts';
import type { Format } from '../../../src/core/formats/format.ts';
import { kineto } from '../../../src/core/formats/kineto.ts';
import { ray } from '../../../src/core/formats/ray.ts';
import { viztracer } from '../../../src/core/formats/viztracer.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { corpus } from '../../fuzz/corpus.ts';
import { makeCase } from '../../fuzz/fuzz-case.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { bytesInChunks, fixture } from '../../support/read-bytes.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { rayTimeline, vizTrace } from '../../support/trace-flavours.ts';
import { itWithShared } from '../../support/shared-data.ts';

const options = { signal: new AbortController().signal };

/** The trace by parts that begin at the events nearest to these places; null where the parts say no. */
async function readByParts(
  bytes: Uint8Array,
  format: Format,
  places: readonly number[],
): Promise<Trace | null> {
  const { shape } = probeEvents({ bytes: bytes.subarray(0, 65_536), isWhole: false });
  const reader = format.parts;
  if (shape === null || shape === 'lines' || reader === undefined) {
    return null;
  }
  const borders = places
    .map((place) => [place, findEventBorder(bytes.subarray(place))] as const)
    .flatMap(([place, border]) => (border < 0 ? [] : [place + border]));
  const starts = [0, ...new Set(borders.sort((a, b) => a - b))];
  const [first, ...others] = starts.map((start, i) => ({
    source: bytesInChunks(bytes.subarray(start)),
    place: { shape, start, end: starts[i + 1] ?? Infinity },
  }));
  const begun = await reader.readFirst(first.source, first.place, options);
  const parts = await Promise.all(
    others.map(async ({ source, place }) => reader.readPart(source, place, options)),
  );
  // As if they came from another thread.
  return begun.join(structuredClone(parts));
}

async function assertSame(bytes: Uint8Array, format: Format, seed: number): Promise<boolean> {
  const random = seededRandom(seed);
  const places = Array.from({ length: 1 + (seed % 4) }, () => Math.floor(random() * bytes.length));
  const joined = await readByParts(bytes, format, places);
  if (joined === null) {
    return false;
  }
  assert.deepEqual(joined, await format.read(bytesInChunks(bytes), options));
  return true;
}

describe('a file that is read in parts', () => {
  it('gives the trace that the whole gives, wherever the parts begin', async () => {
    const generated = new TextEncoder().encode(generateKineto({ steps: 3, seed: 1 }));
    for (let seed = 1; seed <= 20; seed++) {
      assert.ok(await assertSame(generated, kineto, seed));
      assert.ok(await assertSame(fixture('kineto/2020.json'), kineto, seed));
      assert.ok(await assertSame(fixture('kineto/2024.json'), kineto, seed));
    }
  });

  it('reads a file of several clocks in order', async () => {
    const generated = generateKineto({ steps: 1, seed: 1 });
    const document = (base: number): Uint8Array =>
      new TextEncoder().encode(generated.replace('{', `{"baseTimeNanoseconds":${base},`));
    const whole = Buffer.concat([document(1e18), document(1e18 + 5e9)]);
    assert.equal(await readByParts(whole, kineto, [whole.length >> 2, 0.75 * whole.length]), null);
    const same = Buffer.concat([document(1e18), document(1e18)]);
    await assertSame(same, kineto, 3);
  });

  it('gives it for damaged files as well, or says that it cannot', async () => {
    const samples = corpus().filter(({ name }) => /kineto|chrome/.test(name));
    let joined = 0;
    for (let index = 0; index < 300; index++) {
      const { bytes } = makeCase(samples, 5, index);
      const format = index % 2 === 0 ? kineto : chrome;
      joined += (await assertSame(bytes, format, index)) ? 1 : 0;
    }
    assert.ok(joined > 50, `only ${joined} of 300 were read in parts`);
  });

  it('gives it for files of other tools', async () => {
    for (const [format, text] of [
      [ray, rayTimeline()],
      [viztracer, vizTrace()],
      [viztracer, vizTrace(true)],
    ] as const) {
      for (let seed = 1; seed <= 10; seed++) {
        assert.ok(await assertSame(new TextEncoder().encode(text), format, seed));
      }
    }
  });

  it('says that it cannot where spans begin in one part and end in another', async () => {
    const event = (ph: string, ts: number): string =>
      `{"ph":"${ph}","name":"f","ts":${ts},"tid":1}`;
    const bytes = new TextEncoder().encode(
      `[${[event('B', 1), event('E', 2), event('B', 3), event('E', 4)].join(',')}]`,
    );
    assert.equal(await readByParts(bytes, chrome, [bytes.length >> 1]), null);
  });

  it('says that it cannot where a part begins within a text', async () => {
    const text = JSON.stringify({ ph: 'X', name: 'a},{', ts: 1, dur: 1 });
    const bytes = new TextEncoder().encode(`[${text},${text}]`);
    assert.equal(await readByParts(bytes, chrome, [10]), null);
  });

  it('says that it cannot where a time is far from those of the first part', async () => {
    const events = [1, 2, 3, 9e15].map((ts) => JSON.stringify({ ph: 'X', name: 'a', ts, dur: 1 }));
    const bytes = new TextEncoder().encode(`[${events.join(',')}]`);
    assert.equal(await readByParts(bytes, chrome, [bytes.length - 60]), null);
  });

  for (const path of [
    'kineto/rocm-resnet-checkpoint-rank0of8.json.gz',
    'kineto/hta-nccl-2024.json.gz',
    'kineto/h100-timesformer-with-stack.json.gz',
    'kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz',
  ]) {
    itWithShared(`gives the trace of the whole: ${path}`, [path], async ([file]) => {
      const bytes = new Uint8Array(gunzipSync(readFileSync(file)));
      assert.ok(await assertSame(bytes, kineto, 3));
    });
  }
});
