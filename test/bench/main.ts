import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { MIN_BYTES, makeTrace, packTrace, sourceName } from './make-trace.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/bench.js');
const FOLDER = join(ROOT, '.vscode-test/bench');

const ROUNDS = 3;

interface Measured {
  readonly ms: number;
  readonly count: number;
  readonly peakBytes: number;
}

/** One measurement in a process of its own. */
function measure(way: string, path: string): Measured {
  const output = execFileSync(process.execPath, [PROGRAM, way, path], { encoding: 'utf8' });
  return JSON.parse(output) as Measured;
}

function median(results: readonly Measured[]): Measured {
  const ms = results.map((result) => result.ms).sort((a, b) => a - b)[results.length >> 1];
  const peakBytes = results.map((result) => result.peakBytes).sort((a, b) => a - b)[
    results.length >> 1
  ];
  return { ms, peakBytes, count: results[0].count };
}

/** Alternating, so that what else the machine does falls on all alike. */
function compare(ways: readonly (readonly [way: string, path: string])[]): Measured[] {
  const results = ways.map((): Measured[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach(([way, path], i) => results[i].push(measure(way, path)));
  }
  return results.map(median);
}

function row(name: string, result: Measured, bytes: number, reference: Measured): string {
  return [
    name.padEnd(34),
    `${(result.ms / 1000).toFixed(2)} s`.padStart(9),
    `${(bytes / result.ms / 1000).toFixed(0)} MB/s`.padStart(10),
    `${(result.peakBytes / 2 ** 20).toFixed(0)} MiB`.padStart(10),
    `${(result.ms / reference.ms).toFixed(2)} x`.padStart(9),
    `${(result.peakBytes / reference.peakBytes).toFixed(2)} x`.padStart(9),
  ].join('');
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'read-once.ts')],
    outfile: PROGRAM,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const path = join(FOLDER, `${sourceName().replace(/\W+/g, '-')}.json`);
  if (!existsSync(path) || statSync(path).size < MIN_BYTES) {
    await makeTrace(path);
  }
  const packed = await packTrace(path);
  const { size } = statSync(path);
  const results = compare([
    ['parse', path],
    ['columns', path],
    ['unpack', packed],
    ['columns', packed],
    ['nothing', path],
  ]);
  const [parsed, columns, unpacked, packedColumns, nothing] = results as [
    Measured,
    Measured,
    Measured,
    Measured,
    Measured,
  ];
  const lines = [
    `Reading ${sourceName()}, repeated to ${(size / 1e6).toFixed(0)} MB and ${columns.count} events; median of ${ROUNDS}, each in a process of its own.`,
    '',
    `${''.padEnd(34)}${'time'.padStart(9)}${'speed'.padStart(10)}${'peak RSS'.padStart(10)}${'time'.padStart(9)}${'memory'.padStart(9)}`,
    row('JSON.parse of the whole text', parsed, size, parsed),
    row('into columns', columns, size, parsed),
    '',
    row('unpacking gzip alone', unpacked, size, unpacked),
    row('gzip into columns', packedColumns, size, unpacked),
    '',
    `A process that reads nothing: ${(nothing.peakBytes / 2 ** 20).toFixed(0)} MiB.`,
    parsed.count === columns.count
      ? ''
      : `The counts differ: ${parsed.count} and ${columns.count}.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isGood = columns.ms <= parsed.ms && 3 * columns.peakBytes <= parsed.peakBytes;
  process.exitCode = isGood && parsed.count === columns.count ? 0 : 1;
}

await main();
