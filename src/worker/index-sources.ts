import { open } from 'node:fs/promises';
import { indexAnnotations } from '../core/source/annotation-index.ts';
import { PythonCode } from '../core/source/python-code.ts';
import type { AnnotationSite } from '../core/source/annotation-site.ts';

/** Larger Python files are generated; training scripts stay far below. */
const MAX_SOURCE_BYTES = 1 << 20;

/** The annotations of each file, in the order asked; a file that cannot be read has none. */
export async function indexSources(
  paths: readonly string[],
): Promise<{ path: string; sites: AnnotationSite[] }[]> {
  const indexed: { path: string; sites: AnnotationSite[] }[] = [];
  for (const path of paths) {
    const text = await readSource(path);
    indexed.push({ path, sites: text === null ? [] : [...indexAnnotations(new PythonCode(text))] });
  }
  return indexed;
}

/** Null where it cannot be read, or is far too long. */
export async function readSource(path: string): Promise<string | null> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return size > MAX_SOURCE_BYTES ? null : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
