import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { generateKineto } from '../support/generate-kineto.ts';
import { sharedFile } from '../support/shared-data.ts';

const SOURCE = 'kineto/rocm-resnet-checkpoint-rank0of8.json.gz';

/** Where the benchmark's file comes from, for the table. */
export function sourceName(): string {
  return sharedFile(SOURCE) === null ? 'a generated trace' : SOURCE;
}

/** Writes a trace of at least so many bytes by repeating the events of one, with shifted times and ids. */
export async function makeTrace(
  path: string,
  minBytes: number,
  change: (text: string) => string = (text) => text,
): Promise<void> {
  const shared = sharedFile(SOURCE);
  const text = change(
    shared === null
      ? generateKineto({ steps: 200, seed: 1 })
      : gunzipSync(readFileSync(shared)).toString('utf8'),
  );
  const start = text.indexOf('[', text.indexOf('"traceEvents"')) + 1;
  const end = text.lastIndexOf(']', text.lastIndexOf('"traceName"'));
  const events = text.slice(start, end).trimEnd();
  const file = createWriteStream(path);
  file.write(text.slice(0, start));
  const spanUs = 200_000;
  for (let copy = 0, bytes = 0; bytes < minBytes; copy++) {
    const shifted = shift(events, copy * spanUs, copy * 100_000);
    bytes += shifted.length;
    if (!file.write(copy === 0 ? shifted : `,${shifted}`)) {
      await once(file, 'drain');
    }
  }
  file.end(text.slice(end));
  await once(file, 'close');
}

/** A trace of about so many bytes, made once: ranks of one job in one folder, all else in folders of their own. */
export async function makeSized(folder: string, megabytes: number, rank = 0): Promise<string> {
  const own = join(folder, `of-${megabytes}-MB`);
  const path = join(own, `rank${rank}.json`);
  if (!existsSync(path)) {
    mkdirSync(own, { recursive: true });
    await makeTrace(path, megabytes * 1e6, (text) =>
      text.replace(/"rank":\s*\d+/, `"rank": ${rank}`),
    );
  }
  return path;
}

/** The same trace packed, made once. */
export async function packTrace(path: string): Promise<string> {
  const packed = `${path}.gz`;
  if (!existsSync(packed) || statSync(packed).mtimeMs < statSync(path).mtimeMs) {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(packed));
  }
  return packed;
}

function shift(events: string, byUs: number, byId: number): string {
  return events
    .replace(/"ts": (\d+)/g, (_, us: string) => `"ts": ${Number(us) + byUs}`)
    .replace(
      /"(correlation|External id|id|Ev Idx|Python id|Python parent id)": ?(\d+)/g,
      (_, key: string, id: string) => `"${key}": ${Number(id) + byId}`,
    );
}
