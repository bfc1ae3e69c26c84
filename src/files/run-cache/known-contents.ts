import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../write-atomically.ts';
import { contentOf, isAtRest, isSamePrint, type SeenFile } from './file-print.ts';

const knownSchema = z.object({
  content: z.string(),
  print: z.object({
    device: z.string(),
    inode: z.string(),
    sizeBytes: z.number(),
    modifiedNs: z.string(),
    changedNs: z.string(),
    samples: z.string(),
  }),
});

/** Remembers what files hold, as a hash, so that they need not be read whole to know that they still hold it. */
export class KnownContents {
  constructor(
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Where the memory of a file is. */
  fileOf(path: string): string {
    return join(this.folder, `${createHash('sha1').update(path).digest('hex')}.json`);
  }

  /** The content of a file; null where it is not the one that was remembered. */
  async find({ path, print, seenMs }: SeenFile): Promise<string | null> {
    const known = await this.#recall(path);
    if (known === null || known.print.sizeBytes !== print.sizeBytes) {
      return null;
    }
    if (isSamePrint(known.print, print)) {
      return known.content;
    }
    const content = await contentOf(path, this.signal);
    if (content !== known.content) {
      return null;
    }
    await this.remember({ path, print, seenMs }, content);
    return content;
  }

  /** Says what a file holds, of which all bytes were read after it was seen. A file that may change unseen is not remembered. */
  async remember({ path, print, seenMs }: SeenFile, content: string): Promise<void> {
    if (isAtRest(print, seenMs)) {
      const text = JSON.stringify({ print, content } satisfies z.output<typeof knownSchema>);
      await writeAtomically(this.fileOf(path), [text], this.signal);
    }
  }

  async #recall(path: string): Promise<z.output<typeof knownSchema> | null> {
    try {
      const text = await readFile(this.fileOf(path), 'utf8');
      return knownSchema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }
}
