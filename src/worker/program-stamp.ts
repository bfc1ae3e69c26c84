import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/**
 * Differs between any two builds of the program that read or analyse differently: a hash of its own text,
 * which names the files that it shares with other programs by what is in them.
 */
export async function readProgramStamp(): Promise<string> {
  const text = await readFile(new URL(import.meta.url));
  return createHash('sha1').update(text).digest('hex');
}
