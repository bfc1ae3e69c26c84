import { constants, createGunzip, type Gunzip } from 'node:zlib';

/** Fed in pieces, so that what is unpacked at once stays small even from a bomb. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Unpacks gzip, of several members if need be. Where it is cut or damaged it gives what came before
 * and tells the reason.
 */
export async function* inflateChunks(
  packed: AsyncGenerator<Uint8Array, void, void>,
  onTruncated: (reason: string) => void,
): AsyncGenerator<Uint8Array, void, void> {
  const inflater = new Inflater();
  try {
    for (;;) {
      const chunk = inflater.take();
      if (chunk !== undefined) {
        yield chunk;
      } else if (inflater.failure !== null) {
        onTruncated(inflater.failure);
        return;
      } else if (inflater.isDone) {
        return;
      } else if (inflater.wantsMore) {
        const next = await packed.next();
        inflater.give(next.done === true ? null : next.value);
      } else {
        await inflater.changed();
      }
    }
  } finally {
    inflater.close();
    await packed.return();
  }
}

/** Node's gunzip stream with nothing lost when it fails: an iterator over the stream would drop what it holds. */
class Inflater {
  failure: string | null = null;
  isDone = false;
  wantsMore = true;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  readonly #queue: Uint8Array[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    this.#gunzip.on('data', ({ buffer, byteOffset, length }: Buffer) => {
      // A plain array: `slice` of a Buffer copies nothing.
      this.#queue.push(new Uint8Array(buffer, byteOffset, length));
      this.#gunzip.pause();
      this.#wake();
    });
    this.#gunzip.on('end', () => {
      this.isDone = true;
      this.#wake();
    });
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = explain(error);
      this.#wake();
    });
  }

  take(): Uint8Array | undefined {
    const chunk = this.#queue.shift();
    if (this.#queue.length === 0) {
      this.#gunzip.resume();
    }
    return chunk;
  }

  give(packed: Uint8Array | null): void {
    this.wantsMore = false;
    if (packed === null) {
      this.#gunzip.end();
      return;
    }
    this.#gunzip.write(packed, () => {
      this.wantsMore = true;
      this.#wake();
    });
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#gunzip.destroy();
  }
}

function explain(error: NodeJS.ErrnoException): string {
  return error.errno === constants.Z_BUF_ERROR
    ? 'the gzip file is cut: it ends before its content does'
    : `the gzip file is damaged here (${error.message})`;
}
