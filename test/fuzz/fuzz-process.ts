import { setImmediate } from 'node:timers/promises';
import { checkCase } from './check-case.ts';
import { corpus } from './corpus.ts';
import { makeCase, type FuzzCase } from './fuzz-case.ts';
import { kindOfFailure, minimize } from './minimize.ts';

const MINIMIZE_MS = 20_000;

/** Told to the parent: the case that begins, or what is wrong with it. */
export type Report =
  | { readonly kind: 'begins'; readonly index: number }
  | { readonly kind: 'failed'; readonly index: number; readonly text: string };

async function failureOf(fuzzCase: FuzzCase): Promise<string | null> {
  try {
    await checkCase(fuzzCase);
    return null;
  } catch (error) {
    return kindOfFailure(error);
  }
}

async function describe(fuzzCase: FuzzCase, error: unknown): Promise<string> {
  const smallest = await minimize(fuzzCase, failureOf, MINIMIZE_MS);
  const bytes = Buffer.from(smallest.bytes);
  const isText = bytes.equals(Buffer.from(bytes.toString()));
  const content = isText ? JSON.stringify(bytes.toString()) : bytes.toString('base64');
  return [
    error instanceof Error ? error.stack : String(error),
    `${fuzzCase.name}, in chunks of ${fuzzCase.chunkBytes}, smallest case of ${bytes.length} bytes${isText ? '' : ' (base64)'}:`,
    content.slice(0, 4_000),
  ].join('\n');
}

function tell(report: Report): void {
  process.send?.(report);
}

/** Runs cases from an index on until the parent has enough. */
async function run(seed: number, first: number): Promise<void> {
  const samples = corpus();
  for (let index = first; process.connected; index++) {
    tell({ kind: 'begins', index });
    await setImmediate();
    const fuzzCase = makeCase(samples, seed, index);
    try {
      await checkCase(fuzzCase);
    } catch (error) {
      tell({ kind: 'failed', index, text: await describe(fuzzCase, error) });
    }
  }
}

const [seed, first] = process.argv.slice(2).map(Number);
await run(seed, first);
