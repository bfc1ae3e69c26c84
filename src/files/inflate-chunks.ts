import { constants, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';

/** Fed in pieces, so that what is unpacked at once stays small even from a bomb. */
const CHUNK_BYTES = 256 * 1024;

/** With room for more than one chunk the next is unpacked while the last one is read. */
const STREAM = { chunkSize: CHUNK_BYTES, highWaterMark: 4 * CHUNK_BYTES };

/** `gzip` may be of several members; `zip` is the bare stream of an entry of an archive. */
export type DeflateKind = 'gzip' | 'zip';

/** Unpacks. Where it is cut or damaged it gives what came before and tells the reason. */
export async function* inflateChunks(
  packed: AsyncGenerator<Uint8Array, void, void>,
  kind: DeflateKind,
  onTruncated: (reason: string) => void,
): AsyncGenerator<Uint8Array, void, void> {
  const inflater = new Inflater(kind);
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

/** Node's stream with nothing lost when it fails: an iterator over the stream would drop what it holds. */
class Inflater {
  failure: string | null = null;
  isDone = false;
  wantsMore = true;
  readonly #stream: Gunzip | InflateRaw;
  readonly #queue: Uint8Array[] = [];
  #wake: () => void = () => undefined;

  constructor(kind: DeflateKind) {
    const create = kind === 'gzip' ? createGunzip : createInflateRaw;
    this.#stream = create(STREAM);
    this.#stream.on('data', ({ buffer, byteOffset, length }: Buffer) => {
      // A plain array: `slice` of a Buffer copies nothing.
      this.#queue.push(new Uint8Array(buffer, byteOffset, length));
      this.#stream.pause();
      this.#wake();
    });
    this.#stream.on('end', () => {
      this.isDone = true;
      this.#wake();
    });
    this.#stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = explain(error, kind);
      this.#wake();
    });
  }

  take(): Uint8Array | undefined {
    const chunk = this.#queue.shift();
    if (this.#queue.length === 0) {
      this.#stream.resume();
    }
    return chunk;
  }

  give(packed: Uint8Array | null): void {
    this.wantsMore = false;
    if (packed === null) {
      this.#stream.end();
      return;
    }
    this.#stream.write(packed, () => {
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
    this.#stream.destroy();
  }
}

function explain(error: NodeJS.ErrnoException, kind: DeflateKind): string {
  return error.errno === constants.Z_BUF_ERROR
    ? `the ${kind} file is cut: it ends before its content does`
    : `the ${kind} file is damaged here (${error.message})`;
}
