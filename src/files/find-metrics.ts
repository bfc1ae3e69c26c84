import { type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RunFile } from '../core/model/run.ts';
import { mappingOf, type MetricMapping } from '../core/formats/metric-files/metric-mapping.ts';

/** Names that only metrics have, or that may hold them; what they hold decides. */
const METRICS_NAME =
  /(?:^events\.out\.tfevents\.\d|\.(?:prom|statsd|csv|tsv)$|(?:metric|monitor|golden).*\.json$|(?<!\.spans)\.jsonl$)/i;

/** More files than this are a data set, not the metrics of a run. */
const MAX_FILES = 64;
const MAX_FILES_OF_STORE = 256;
const MAX_FOLDERS = 64;
const MAX_BYTES = 512 * 2 ** 20;

/** Where MLflow keeps the metrics of one of its runs. */
const METRICS_FOLDER = 'metrics';
const ARTIFACTS_FOLDER = 'artifacts';
const META_FILE = 'meta.yaml';

/**
 * The files that may hold metrics of a run: those in the folders of its files that are called as metrics are, those
 * that the project names, and the metrics of the MLflow run that the files are of.
 */
export async function findMetricFiles(
  files: readonly RunFile[],
  mappings: readonly MetricMapping[],
): Promise<string[]> {
  const own = new Set(files.map(({ path }) => path));
  const folders = [...new Set(files.map(({ path }) => dirname(path)))].slice(0, MAX_FOLDERS);
  const found: string[] = [];
  for (const folder of folders) {
    const entries = await listFiles(folder);
    const named = entries.filter(
      (name) => METRICS_NAME.test(name) || mappingOf(name, mappings) !== null,
    );
    const paths = named.map((name) => join(folder, name)).filter((path) => !own.has(path));
    found.push(...(paths.length <= MAX_FILES ? paths : []));
    found.push(...(await listStore(folder, entries)).filter((path) => !own.has(path)));
  }
  const sizes = await Promise.all(found.map(async (path) => await sizeOf(path)));
  return found.filter((_, i) => isReadable(sizes[i]));
}

/** The metrics of the MLflow run whose folder this is, or whose artifacts or metrics are in it. */
async function listStore(folder: string, names: readonly string[]): Promise<string[]> {
  const isRun = names.includes(META_FILE);
  const isInside = [ARTIFACTS_FOLDER, METRICS_FOLDER].includes(basename(folder));
  const home = isRun ? folder : isInside ? dirname(folder) : null;
  if (home === null || !(await listFiles(home)).includes(META_FILE)) {
    return [];
  }
  const paths: string[] = [];
  const folders = [join(home, METRICS_FOLDER)];
  for (const at of folders) {
    for (const entry of await listFolder(at)) {
      const path = join(at, entry.name);
      if (entry.isFile() && paths.length < MAX_FILES_OF_STORE) {
        paths.push(path);
      } else if (entry.isDirectory() && folders.length < MAX_FOLDERS) {
        folders.push(path);
      }
    }
  }
  return paths;
}

async function listFiles(folder: string): Promise<string[]> {
  return (await listFolder(folder)).filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Empty where the folder is closed to us or gone: the run is read without its metrics. */
async function listFolder(folder: string): Promise<Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => []);
}

function isReadable(bytes = 0): boolean {
  return bytes > 0 && bytes <= MAX_BYTES;
}

async function sizeOf(path: string): Promise<number> {
  const entry = await stat(path).catch(() => null);
  return entry?.size ?? 0;
}
