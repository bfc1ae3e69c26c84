import { openFile } from './open-file.ts';

/** An event that is larger is not shown. */
const MAX_EVENT_BYTES = 8 << 20;

/** Longer values are cut: they are to be looked at. */
const MAX_VALUE_CHARACTERS = 4_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The JSON text of the event that begins at this byte of the unpacked file; null if there is none,
 * or it is too large to show. Reads up to there, so a packed file takes as long as it is far.
 */
export async function readEventText(
  path: string,
  byteOffset: number,
  signal: AbortSignal,
): Promise<string | null> {
  if (byteOffset < 0) {
    return null;
  }
  const source = await openFile(path);
  const parts: Uint8Array[] = [];
  const scan = new BraceScan();
  let at = 0;
  let length = 0;
  for await (const chunk of source.chunks(signal)) {
    const from = Math.max(0, byteOffset - at);
    at += chunk.length;
    if (from >= chunk.length) {
      continue;
    }
    const end = scan.findEnd(chunk, from);
    parts.push(chunk.slice(from, end < 0 ? chunk.length : end));
    length += chunk.length - from;
    if (end >= 0) {
      return new TextDecoder().decode(Buffer.concat(parts));
    }
    if (scan.isNoObject || length > MAX_EVENT_BYTES) {
      return null;
    }
  }
  return null;
}

/** The event's members, its arguments one by one, as name and text of the value. */
export async function readArguments(
  path: string,
  byteOffset: number,
  signal: AbortSignal,
): Promise<[string, string][]> {
  const text = await readEventText(path, byteOffset, signal);
  const event = text === null ? null : parseObject(text);
  return Object.entries(event ?? {}).flatMap(([key, value]): [string, string][] =>
    (key === 'args' || key === 'attrs' || key === 'attr') && isRecord(value)
      ? Object.entries(value).map(([name, argument]) => [name, toText(argument)])
      : [[key, toText(value)]],
  );
}

/** Looks for the end of an object, over chunks. */
class BraceScan {
  isNoObject = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Behind the closing brace; -1 if it is not in this chunk. */
  findEnd(bytes: Uint8Array, from: number): number {
    if (this.#depth === 0 && bytes[from] !== 0x7b) {
      this.isNoObject = true;
      return -1;
    }
    for (let p = from; p < bytes.length; p++) {
      if (this.#takes(bytes[p] ?? 0)) {
        return p + 1;
      }
    }
    return -1;
  }

  /** True if this byte closes the object. */
  #takes(byte: number): boolean {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (this.#isInString) {
      this.#isEscaped = byte === BACKSLASH;
      this.#isInString = byte !== QUOTE;
    } else if (byte === QUOTE) {
      this.#isInString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      this.#depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      return --this.#depth === 0;
    }
    return false;
  }
}

/** One event that JSON does not allow shows as its text. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : { event: value };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return { event: text };
    }
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}
