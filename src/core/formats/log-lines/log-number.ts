/** A number as logs write it: `9,982`, `1.2E-07`, `12_000`; NaN for all else. */
export function logNumber(text: string): number {
  const plain = text.replaceAll(/(?<=\d)[,_](?=\d{3})/g, '');
  return /^[-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:e[-+]?\d{1,3})?$/i.test(plain)
    ? Number(plain)
    : NaN;
}

const BYTES: ReadonlyMap<string, number> = new Map([
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
]);

/** Bytes in a unit such as `GiB`; null where it is no unit of bytes. */
export function bytesIn(unit: string): number | null {
  return BYTES.get(unit.toLowerCase()) ?? null;
}

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1e3],
  ['sec', 1e3],
  ['us', 1e-3],
]);

/** Milliseconds in a unit such as `s`; null where it is no unit of time. */
export function msIn(unit: string): number | null {
  return MILLISECONDS.get(unit.toLowerCase()) ?? null;
}
