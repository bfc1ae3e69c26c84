import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as z from 'zod';

/** Lines of the recorder are shorter, but for a configuration. */
const END_BYTES = 16_384;

const headSchema = z.object({ type: z.literal('run'), pid: z.int().positive(), host: z.string() });
const endSchema = z.object({ type: z.literal('end') });

export interface SpanFileEnds {
  /** The last line says that the recorder has closed the file. */
  readonly hasEnded: boolean;
  /** Whether the process that wrote it is there; null where that cannot be told. */
  readonly isProcessThere: boolean | null;
}

/** What the first and the last line of a span file tell of its process. */
export async function readEnds(path: string): Promise<SpanFileEnds> {
  const file = await open(path).catch(() => null);
  if (file === null) {
    return { hasEnded: false, isProcessThere: null };
  }
  try {
    const { size } = await file.stat();
    const read = async (from: number): Promise<string> => {
      const buffer = Buffer.alloc(Math.min(END_BYTES, size - from));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return buffer.toString('utf8', 0, bytesRead);
    };
    const first = (await read(0)).split('\n')[0] ?? '';
    const last = (await read(Math.max(0, size - END_BYTES))).trimEnd().split('\n').at(-1) ?? '';
    const head = parseLine(headSchema, first);
    return {
      hasEnded: parseLine(endSchema, last) !== null,
      isProcessThere: head?.host === hostname() ? isThere(head.pid) : null,
    };
  } finally {
    await file.close();
  }
}

function parseLine<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** A signal of 0 only asks. A process of somebody else is there, too. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
