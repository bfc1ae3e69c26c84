import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** A file that was written less than this before may be written again with the same times: file systems count in steps. */
const REST_MS = 2_000;

const SAMPLES = 8;
const SAMPLE_BYTES = 4_096;
const CHUNK_BYTES = 1 << 20;

/** What tells that a file is as it was: the system changes its times with each write, and nobody can set all of them. */
export interface FilePrint {
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly modifiedNs: string;
  readonly changedNs: string;
  /** Of some places in it, for systems whose times are not to be trusted. */
  readonly samples: string;
}

/** A file as it was at a moment. */
export interface SeenFile {
  readonly path: string;
  readonly print: FilePrint;
  readonly seenMs: number;
}

/** Null where one is no file, or cannot be read. */
export async function seeFiles(
  paths: readonly string[],
  nowMs: () => number,
): Promise<readonly SeenFile[] | null> {
  const seen: SeenFile[] = [];
  for (const path of paths) {
    const seenMs = nowMs();
    const print = await printOf(path);
    if (print === null) {
      return null;
    }
    seen.push({ path, print, seenMs });
  }
  return seen;
}

async function printOf(path: string): Promise<FilePrint | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
      return {
        device: String(dev),
        inode: String(ino),
        sizeBytes: Number(size),
        modifiedNs: String(mtimeNs),
        changedNs: String(ctimeNs),
        samples: await hashSamples(file, Number(size)),
      };
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

export function isSamePrint(a: FilePrint, b: FilePrint): boolean {
  return (Object.keys(a) as (keyof FilePrint)[]).every((name) => a[name] === b[name]);
}

/** Whether a later write cannot leave the times as they are. */
export function isAtRest({ modifiedNs, changedNs }: FilePrint, nowMs: number): boolean {
  const latest = Math.max(Number(modifiedNs), Number(changedNs)) / 1e6;
  return latest <= nowMs - REST_MS;
}

/** All of its bytes. Throws what the system and `signal` throw. */
export async function contentOf(path: string, signal: AbortSignal): Promise<string> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha1');
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      signal.throwIfAborted();
      if (bytesRead === 0) {
        return hash.digest('hex');
      }
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Its beginning, its end, and as much here and there. */
async function hashSamples(file: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha1');
  const bytes = new Uint8Array(SAMPLE_BYTES);
  const last = Math.max(0, sizeBytes - SAMPLE_BYTES);
  for (let i = 0; i < SAMPLES; i++) {
    const at = Math.floor((last * i) / (SAMPLES - 1));
    const { bytesRead } = await file.read(bytes, 0, SAMPLE_BYTES, at);
    hash.update(bytes.subarray(0, bytesRead));
  }
  return hash.digest('hex');
}
