import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RecordedSource } from '../../core/model/trace.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { GitTexts } from './git-texts.ts';
import { blobIdOf, type TextSnapshots } from './text-snapshots.ts';

/** A larger file is no script that somebody edits. */
export const MAX_TEXT_BYTES = 4 << 20;

const MAX_KEPT = 200;

/** A script as it was when a run was recorded. */
export interface RecordedText {
  readonly text: string;
  /** False where the history of git tells it: what was not committed then is not in it. */
  readonly isSure: boolean;
}

/**
 * What scripts said when runs were recorded: by the blob id that the recorder wrote, out of the file as it is, the
 * snapshots, or git; else by the time of the run.
 */
export class RecordedTexts {
  readonly #texts = new Map<string, Promise<RecordedText | null>>();

  constructor(
    private readonly snapshots: TextSnapshots,
    private readonly git: GitTexts,
    private readonly onNotKept: (error: unknown) => void,
  ) {}

  /** Of a file as the run names it, which is at a path now; null where nothing tells. */
  async find(run: TrainingRun, file: string, path: string): Promise<RecordedText | null> {
    const sources = run.analyzed?.report.run.sources ?? [];
    const source = sources.find((candidate) => candidate.file === file) ?? null;
    const key = `${source?.blob ?? `${run.id} ${run.modifiedMs}`}\n${path}`;
    const known = this.#texts.get(key);
    if (known !== undefined) {
      return await known;
    }
    const text =
      source === null ? this.#findByTime(path, run.modifiedMs) : this.#findByBlob(path, source);
    this.#texts.set(key, text);
    if (this.#texts.size > MAX_KEPT) {
      this.#texts.delete(this.#texts.keys().next().value ?? key);
    }
    if ((await text) === null) {
      // It may be known later: after a commit, a checkout, or when the workspace is trusted.
      this.#texts.delete(key);
    }
    return await text;
  }

  async #findByBlob(
    path: string,
    { blob, blobLf = blob }: RecordedSource,
  ): Promise<RecordedText | null> {
    const now = await readSmallFile(path);
    if (now !== null) {
      const id = blobIdOf(now);
      if (id === blob || id === blobLf || blobIdOf(withPlainEnds(now)) === blobLf) {
        await this.snapshots.keep(now).catch(this.onNotKept);
        return sure(now);
      }
    }
    const folder = dirname(path);
    const found =
      (await this.snapshots.read(blob)) ??
      (await this.snapshots.read(blobLf)) ??
      (await this.git.readBlob(folder, blob)) ??
      (blobLf === blob ? null : await this.git.readBlob(folder, blobLf));
    return found === null ? null : sure(found);
  }

  /** A file that was not written since the run is what ran; else what git had of it is the best guess. */
  async #findByTime(path: string, timeMs: number): Promise<RecordedText | null> {
    const writtenMs = await writtenAt(path);
    const now = writtenMs !== null && writtenMs <= timeMs ? await readSmallFile(path) : null;
    if (now !== null) {
      return sure(now);
    }
    const committed = await this.git.readBefore(path, timeMs);
    return committed === null ? null : { ...sure(committed), isSure: false };
  }
}

/** Null where there is no such file, or one that is too large. */
export async function readSmallFile(path: string): Promise<Uint8Array | null> {
  try {
    return (await stat(path)).size > MAX_TEXT_BYTES ? null : await readFile(path);
  } catch {
    return null;
  }
}

async function writtenAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return null;
  }
}

function sure(text: Uint8Array): RecordedText {
  return { text: new TextDecoder().decode(text), isSure: true };
}

function withPlainEnds(text: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(text).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
