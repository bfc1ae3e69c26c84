import { gzipSync } from 'node:zlib';
import { fixture } from '../support/read-bytes.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { zipBytes } from '../support/zip-bytes.ts';
import type { Sample } from './corpus.ts';
import { mutateBytes, mutateText, type Pick } from './mutations.ts';

export interface FuzzCase {
  /** The sample that it was made from. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly chunkBytes: number;
  /** Whether it is a file to unpack, rather than what comes out of one. */
  readonly isPacked: boolean;
}

const CHUNK_BYTES = [1, 7, 64, 1_000, 4_096];
/** One case of so many is a packed file. */
const PACKED_SHARE = 12;

/** The same for the same seed and index. */
export function makeCase(samples: readonly Sample[], seed: number, index: number): FuzzCase {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const pick: Pick = (limit) => Math.floor(random() * limit);
  const sample = samples[pick(samples.length)];
  const other = samples[pick(samples.length)];
  const plain = mutateSample(sample, other, pick);
  const isPacked = pick(PACKED_SHARE) === 0;
  return {
    name: sample.name + (isPacked ? ', packed' : ''),
    bytes: isPacked ? mutateBytes(pack(plain, pick), pick(4), pick) : plain,
    chunkBytes: CHUNK_BYTES[pick(CHUNK_BYTES.length)],
    isPacked,
  };
}

function mutateSample(sample: Sample, other: Sample, pick: Pick): Uint8Array {
  const count = 1 + pick(8);
  if (!sample.isText) {
    return mutateBytes(sample.bytes, count, pick);
  }
  const text = new TextDecoder().decode(sample.bytes);
  const mutated = mutateText(text + (pick(10) === 0 ? textOf(other) : ''), count, pick);
  const bytes = new TextEncoder().encode(mutated);
  return pick(3) === 0 ? mutateBytes(bytes, 1 + pick(3), pick) : bytes;
}

function textOf({ bytes, isText }: Sample): string {
  return isText ? new TextDecoder().decode(bytes) : '';
}

function pack(bytes: Uint8Array, pick: Pick): Uint8Array {
  switch (pick(5)) {
    case 0:
      return gzipSync(bytes, { level: 1 });
    case 1:
      return Buffer.concat([gzipSync(bytes.subarray(0, 500)), gzipSync(bytes.subarray(500))]);
    case 2:
      return zipBytes([
        { name: 'a.json', content: bytes, isStored: pick(2) === 0, isStreamed: pick(2) === 0 },
        { name: 'b.json', content: 'b' },
      ]);
    case 3:
      return Buffer.from(`\ufeff${new TextDecoder().decode(bytes)}`, 'utf16le');
    default:
      return fixture('packed/kineto-6-steps.json.zst');
  }
}
