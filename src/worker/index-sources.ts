import { open } from 'node:fs/promises';
import { indexAnnotations } from '../core/source/annotation-index.ts';
import type { CodeUnit, PlacedAnnotation } from '../core/model/code-unit.ts';
import { indexFile, indexNotebook } from '../core/source/index-code.ts';
import { isNotebook, type PythonSource, readPython } from '../core/source/python-source.ts';

/** Larger Python files are generated; training scripts stay far below. */
const MAX_SOURCE_BYTES = 1 << 20;
/** Notebooks carry the pictures that they drew. */
const MAX_NOTEBOOK_BYTES = 1 << 25;

/** The annotations of each file or notebook, in the order asked; one that cannot be read has none. */
export async function indexSources(
  paths: readonly string[],
): Promise<{ path: string; sites: PlacedAnnotation[] }[]> {
  const indexed: { path: string; sites: PlacedAnnotation[] }[] = [];
  for (const path of paths) {
    const text = await readSource(path);
    const source = text === null ? null : readPython(path, text);
    const sites = source === null ? [] : placedAnnotations(source);
    indexed.push({ path, sites });
  }
  return indexed;
}

function placedAnnotations({ code, placeOf }: PythonSource): PlacedAnnotation[] {
  return indexAnnotations(code).map((site) => ({ ...site, ...placeOf(site.line) }));
}

/** The functions of a Python file with their calls, or of the cells of a notebook; none where it cannot be read. */
export async function indexCode(path: string): Promise<CodeUnit[]> {
  const text = await readSource(path);
  if (text === null) {
    return [];
  }
  try {
    return isNotebook(path) ? indexNotebook(text) : [indexFile(text)];
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}

/** Null where it cannot be read, or is far too long. */
export async function readSource(path: string): Promise<string | null> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const most = isNotebook(path) ? MAX_NOTEBOOK_BYTES : MAX_SOURCE_BYTES;
      return size > most ? null : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
