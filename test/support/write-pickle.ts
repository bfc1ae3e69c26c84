/** A tuple, where a list would be written else. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** The bytes that `pickle.dumps` writes in protocol 2, as the flight recorder does: every value is stored. */
export function writePickle(value: unknown): Uint8Array {
  const bytes: number[] = [0x80, 2];
  let stored = 0;
  const little = (number: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      bytes.push(Math.floor(number / 256 ** i) % 256);
    }
  };
  const code = (text: string): void => void bytes.push(text.charCodeAt(0));
  const store = (): void => {
    code('r');
    little(stored++, 4);
  };
  const writeInteger = (number: bigint): void => {
    if (number >= -(2n ** 31n) && number < 2n ** 31n) {
      code('J');
      little(Number(BigInt.asUintN(32, number)), 4);
    } else {
      bytes.push(0x8a, 9);
      const unsigned = BigInt.asUintN(72, number);
      for (let i = 0n; i < 9n; i++) {
        bytes.push(Number((unsigned >> (8n * i)) & 0xffn));
      }
    }
  };
  const writeItems = (items: readonly unknown[], end: string): void => {
    code('(');
    items.forEach(write);
    code(end);
  };
  const write = (item: unknown): void => {
    if (item === null || item === undefined) {
      code('N');
    } else if (typeof item === 'boolean') {
      bytes.push(item ? 0x88 : 0x89);
    } else if (typeof item === 'number' && !Number.isInteger(item)) {
      code('G');
      bytes.push(...new Uint8Array(new Float64Array([item]).buffer).reverse());
    } else if (typeof item === 'number' || typeof item === 'bigint') {
      writeInteger(BigInt(item));
    } else if (typeof item === 'string') {
      const text = new TextEncoder().encode(item);
      code('X');
      little(text.length, 4);
      bytes.push(...text);
      store();
    } else if (item instanceof Tuple) {
      writeItems(item.items, 't');
      store();
    } else if (Array.isArray(item)) {
      code(']');
      store();
      writeItems(item, 'e');
    } else {
      code('}');
      store();
      writeItems(Object.entries(item).flat(), 'u');
    }
  };
  write(value);
  code('.');
  return Uint8Array.from(bytes);
}
