import type { FuzzCase } from './fuzz-case.ts';

/** Takes pieces out of a case for as long as it fails in the same way, and there is time. */
export async function minimize(
  failing: FuzzCase,
  failureOf: (fuzzCase: FuzzCase) => Promise<string | null>,
  milliseconds: number,
): Promise<FuzzCase> {
  const end = performance.now() + milliseconds;
  const wanted = await failureOf(failing);
  let smallest = failing;
  for (let size = failing.bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < smallest.bytes.length && performance.now() < end;) {
      const candidate = without(smallest, at, size);
      if ((await failureOf(candidate)) === wanted) {
        smallest = candidate;
      } else {
        at += size;
      }
    }
  }
  return smallest;
}

function without(fuzzCase: FuzzCase, at: number, size: number): FuzzCase {
  const { bytes } = fuzzCase;
  const rest = new Uint8Array(Math.max(0, bytes.length - Math.min(size, bytes.length - at)));
  rest.set(bytes.subarray(0, at));
  rest.set(bytes.subarray(at + size), at);
  return { ...fuzzCase, bytes: rest };
}

/** What failed, without the numbers that differ from case to case. */
export function kindOfFailure(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n')[0].replace(/\d+/g, '#');
}
