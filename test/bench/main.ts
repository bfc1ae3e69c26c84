import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { measureAnalysis } from './measure-analysis.ts';
import { measureCache } from './measure-cache.ts';
import { measureLive } from './measure-live.ts';
import { compare, type Measured } from './measure.ts';
import { MIN_BYTES, makeTrace, packTrace, sourceName } from './make-trace.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/bench.js');
const FOLDER = join(ROOT, '.vscode-test/bench');

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
    entryPoints: {
      bench: join(import.meta.dirname, 'read-once.ts'),
      'read-thread': join(ROOT, 'src/files/read-thread.ts'),
    },
    outdir: join(ROOT, 'dist'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const path = join(FOLDER, `${sourceName().replace(/\W+/g, '-')}.json`);
  if (!existsSync(path) || statSync(path).size < MIN_BYTES) {
    await makeTrace(path, MIN_BYTES);
  }
  const packed = await packTrace(path);
  const { size } = statSync(path);
  const results = compare(PROGRAM, [
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
    `Reading ${sourceName()}, repeated to ${(size / 1e6).toFixed(0)} MB and ${columns.count} events; median of 3, each in a process of its own.`,
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
  const analysis = await measureAnalysis(PROGRAM, FOLDER);
  process.stdout.write(`\n${analysis.lines.join('\n')}\n`);
  const cache = await measureCache(FOLDER);
  process.stdout.write(`\n${cache.lines.join('\n')}\n`);
  const live = await measureLive(FOLDER);
  process.stdout.write(`\n${live.lines.join('\n')}\n`);
  const isGood =
    analysis.isGood &&
    cache.isGood &&
    live.isGood &&
    columns.ms <= parsed.ms &&
    3 * columns.peakBytes <= parsed.peakBytes;
  process.exitCode = isGood && parsed.count === columns.count ? 0 : 1;
}

await main();
