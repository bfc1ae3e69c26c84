import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** Longer events are not shown whole; arguments of real ones take a few kilobytes. */
const MAX_EVENT_BYTES = 256 * 1024;

/** Longer values are cut; they are for reading, not for copying out data. */
const MAX_VALUE_LENGTH = 2_000;

const GZIP_MAGIC = 0x1f8b;

/** Keys that the page shows by itself. */
const SHOWN_ELSEWHERE: readonly string[] = [
  'name',
  'ts',
  'dur',
  'ph',
  'pid',
  'tid',
  'args',
  'attrs',
];

/**
 * What one event of a file says besides its name and times, read again from the file.
 * Empty where the event is not JSON there, such as after the file was replaced.
 */
export async function readEventArguments(
  path: string,
  byteOffset: number,
): Promise<[string, string][]> {
  const bytes = (await isGzip(path))
    ? await readDecompressed(path, byteOffset)
    : await readPlain(path, byteOffset);
  const text = new TextDecoder().decode(bytes);
  const end = endOfObject(text);
  if (end < 0) {
    return [];
  }
  try {
    return describe(JSON.parse(text.slice(0, end)) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}

function describe(event: Readonly<Record<string, unknown>>): [string, string][] {
  const own = Object.entries(event).filter(([key]) => !SHOWN_ELSEWHERE.includes(key));
  const nested = [event['args'], event['attrs']].flatMap((value) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value as Record<string, unknown>)
      : [],
  );
  return [...own, ...nested].map(([key, value]) => [key, asText(value).slice(0, MAX_VALUE_LENGTH)]);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where the object ends that begins the text; -1 where none begins or it does not end. */
function endOfObject(text: string): number {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (isInString) {
      i += character === '\\' ? 1 : 0;
      isInString = character !== '"';
    } else if (character === '"') {
      isInString = true;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    }
    if (depth === 0 && !isInString) {
      return i === 0 ? -1 : i + 1;
    }
  }
  return -1;
}

async function isGzip(path: string): Promise<boolean> {
  const head = await readPlain(path, 0, 2);
  return head.length === 2 && head.readUInt16BE(0) === GZIP_MAGIC;
}

async function readPlain(
  path: string,
  byteOffset: number,
  length = MAX_EVENT_BYTES,
): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, byteOffset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readDecompressed(path: string, byteOffset: number): Promise<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  const pieces: Buffer[] = [];
  let position = 0;
  let collected = 0;
  file.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
      const piece = chunk.subarray(Math.max(0, byteOffset - position));
      position += chunk.length;
      collected += piece.length;
      pieces.push(piece);
      if (collected >= MAX_EVENT_BYTES) {
        break;
      }
    }
  } finally {
    file.destroy();
  }
  return Buffer.concat(pieces);
}
