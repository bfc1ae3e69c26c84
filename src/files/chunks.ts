/** Bytes in order; each piece is valid until the one after the next is asked for. */
export type Chunks = AsyncGenerator<Uint8Array, void, void>;

export interface Peeked {
  /** The first bytes: fewer than were asked for only if there are no more. */
  readonly head: Uint8Array;
  /** All bytes, from the first on. */
  readonly chunks: Chunks;
}

/** Looks at the first bytes, however small the pieces are that they come in. */
export async function peek(chunks: Chunks, byteCount: number): Promise<Peeked> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < byteCount) {
    const next = await chunks.next();
    if (next.done === true) {
      break;
    }
    head = head.length === 0 ? next.value : concatenate(head, next.value);
  }
  return { head, chunks: prepend(head, chunks) };
}

async function* prepend(first: Uint8Array, rest: Chunks): Chunks {
  try {
    if (first.length > 0) {
      yield first;
    }
    yield* rest;
  } finally {
    await rest.return();
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
