import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Small pieces are written together. */
const BATCH_BYTES = 1 << 18;

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Make room, or choose another folder',
  EDQUOT: 'your share of the disk is used up. Make room, or choose another folder',
  EACCES: 'you have no permission to write there. Choose another folder',
  EPERM: 'you have no permission to write there. Choose another folder',
  EROFS: 'nothing can be written to this disk. Choose another folder',
  ENOENT: 'its folder does not exist any more. Choose another one',
  EISDIR: 'it is a folder. Choose another name',
  ENAMETOOLONG: 'its name is too long. Choose a shorter one',
};

/** A file could not be written; the message says why and what to do. What was there before still is. */
export class WriteError extends Error {
  override readonly name = 'WriteError';

  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
    super(`${path} cannot be written: ${reason}.`, { cause });
  }
}

/**
 * Writes a file as a whole or not at all: its pieces go to a file beside it that takes its place in the
 * end. Gives its size in bytes. Throws a {@link WriteError}, or what `signal` or the pieces throw.
 */
export async function writeAtomically(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(draft, 'wx').catch((error: unknown) => {
    throw new WriteError(path, error);
  });
  try {
    const bytes = await writePieces({ file, path }, pieces, signal).finally(() => file.close());
    await rename(draft, path).catch((error: unknown) => {
      throw new WriteError(path, error);
    });
    return bytes;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writePieces(
  { file, path }: { readonly file: FileHandle; readonly path: string },
  pieces: Iterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const refuse = (error: unknown): never => {
    throw new WriteError(path, error);
  };
  let written = 0;
  let batch: Uint8Array[] = [];
  let batched = 0;
  const flush = async (): Promise<void> => {
    const [first] = batch;
    const bytes = batch.length === 1 && first !== undefined ? first : Buffer.concat(batch);
    await file.writeFile(bytes).catch(refuse);
    written += batched;
    [batch, batched] = [[], 0];
    signal.throwIfAborted();
  };
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    if (bytes.length >= BATCH_BYTES && batched > 0) {
      await flush();
    }
    batch.push(bytes);
    batched += bytes.length;
    if (batched >= BATCH_BYTES) {
      await flush();
    }
  }
  await flush();
  // Its name must not be there before its bytes are, whatever happens to the machine.
  await file.sync().catch(refuse);
  signal.throwIfAborted();
  return written;
}
