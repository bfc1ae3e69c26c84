import { OPERATIONS } from './opcodes.ts';
import { PickleBytes, PickleCut } from './pickle-bytes.ts';
import { PickleError, PickleStack } from './pickle-stack.ts';
import type { Pickle } from './pickle-value.ts';

const STOP = 0x2e;

/** Whether these bytes begin a pickle of protocol 2 or above; older ones have no mark of their own. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
}

/**
 * Reads a Python pickle of protocols 0 to 5 as plain data. Nothing in it is executed or looked up: what Python
 * would have called becomes an `InertObject`. Never throws for content. Takes time and memory in proportion to the bytes.
 */
export function readPickle(bytes: Uint8Array): Pickle {
  const reader = new PickleBytes(bytes);
  const stack = new PickleStack();
  let start = 0;
  try {
    for (;;) {
      start = reader.position;
      const code = reader.uint8();
      if (code === STOP) {
        return { value: stack.pop(), problem: null };
      }
      const operation = OPERATIONS.get(code);
      if (operation === undefined) {
        throw new PickleError(`it has the operation ${code}, which is not known`);
      }
      operation(stack, reader);
    }
  } catch (error) {
    if (error instanceof PickleCut) {
      const reason = 'the pickle is cut: it ends within a value';
      return { value: stack.close(), problem: { kind: 'cut', byteOffset: start, reason } };
    }
    if (error instanceof PickleError) {
      const reason = `the pickle is damaged: ${error.message}`;
      return { value: stack.close(), problem: { kind: 'refused', byteOffset: start, reason } };
    }
    throw error;
  }
}
