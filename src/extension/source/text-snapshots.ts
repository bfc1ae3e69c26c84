import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Git's id of a text: what the recorder writes, and what git finds it by. */
export function blobIdOf(text: Uint8Array): string {
  return createHash('sha1').update(`blob ${text.length}\0`).update(text).digest('hex');
}

/** All texts together; scripts are small, and those used last stay. */
const MAX_BYTES = 32 << 20;

const NAME = /^[0-9a-f]{40}$/;

/** Texts of scripts as they were recorded, by their git blob ids, so that states nobody committed are known later. */
export class TextSnapshots {
  constructor(
    private readonly folder: string,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** Null where it was not kept, or is no longer what its name says. */
  async read(id: string): Promise<Uint8Array | null> {
    if (!NAME.test(id)) {
      return null;
    }
    const path = join(this.folder, id);
    try {
      const text = await readFile(path);
      if (blobIdOf(text) !== id) {
        await rm(path, { force: true });
        return null;
      }
      const now = new Date();
      await utimes(path, now, now);
      return text;
    } catch {
      return null;
    }
  }

  /** Rejects where the folder cannot be written. */
  async keep(text: Uint8Array): Promise<void> {
    const path = join(this.folder, blobIdOf(text));
    if (text.length > this.maxBytes || (await isThere(path))) {
      return;
    }
    await mkdir(this.folder, { recursive: true });
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, text);
    await rename(draft, path);
    await this.#forgetOldest();
  }

  async #forgetOldest(): Promise<void> {
    const names = await readdir(this.folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let total = 0;
    for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      total += size;
      if (total > this.maxBytes) {
        await rm(path, { force: true });
      }
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
