/** Thrown when the program itself is wrong, never for what a file holds. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new AssertionError(message);
  }
}

/** Proves at compile time that every case is handled. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`);
}
