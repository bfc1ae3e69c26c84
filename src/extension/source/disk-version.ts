import { stat } from 'node:fs/promises';

/** When a file was written, in milliseconds, and its size; zeros where there is none. */
export async function diskVersion(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return '0 0';
  }
}
