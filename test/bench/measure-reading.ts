import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeSized, packTrace, sourceName } from './make-trace.ts';
import { compare, type Measured } from './measure.ts';

const MEGABYTES = [50, 210, 1_000];
/** The time of one round grows with it; `BENCH_LARGE=1` adds it. */
const LARGE_MEGABYTES = 4_000;
/** Of one job, read together. */
const RANKS = 8;
const RANK_MEGABYTES = 105;

const MAX_SHARE_OF_PARSING = 0.5;
const MAX_SHARE_OF_UNPACKING = 1.5;
const MAX_BYTES_OF_GIGABYTE = 700e6;

type Way = readonly [title: string, way: string];

const JSON_PARSE: Way = ['JSON.parse', 'parse'];
const STREAMED: Way = ['@streamparser/json', 'streamParser'];
const STREAM_JSON: Way = ['stream-json', 'streamJson'];
const ONE_THREAD: Way = ['Training Sleuth, one thread', 'oneThread'];
const COLUMNS: Way = ['Training Sleuth', 'columns'];
const VERDICT: Way = ['Training Sleuth, to the verdict', 'verdict'];
const UNPACKED: Way = ['unpacking alone', 'unpack'];

interface Section {
  readonly lines: readonly string[];
  readonly isGood: boolean;
}

/** Bytes into columns against what else reads JSON in Node, each in a process of its own. */
export async function measureReading(program: string, folder: string): Promise<Section> {
  const sizes = process.env['BENCH_LARGE'] === '1' ? [...MEGABYTES, LARGE_MEGABYTES] : MEGABYTES;
  const sections: Section[] = [];
  const verdicts: Measured[] = [];
  for (const megabytes of sizes) {
    const { verdict, ...section } = await measureSize(program, folder, megabytes);
    sections.push(section);
    verdicts.push(verdict);
  }
  sections.push({ lines: ['', slopes(sizes, verdicts)], isGood: true });
  for (const megabytes of MEGABYTES.slice(0, 2)) {
    sections.push(await measurePacked(program, folder, megabytes));
  }
  sections.push(await measureRanks(program, folder));
  return {
    lines: [
      `Reading ${sourceName()}, repeated; median of 3, side by side.`,
      ...sections.flatMap(({ lines }) => lines),
    ],
    isGood: sections.every(({ isGood }) => isGood),
  };
}

async function measureSize(
  program: string,
  folder: string,
  megabytes: number,
): Promise<Section & { readonly verdict: Measured }> {
  const path = await makeSized(folder, megabytes);
  const ways = [
    ...(megabytes < 500 ? [JSON_PARSE] : []),
    ...(megabytes < 100 ? [STREAMED, STREAM_JSON] : []),
    ...[ONE_THREAD, COLUMNS, VERDICT],
  ];
  const results = measure(program, ways, path);
  const verdict = resultOf(results, VERDICT);
  const isSmall = megabytes > 1_000 || verdict.peakBytes <= MAX_BYTES_OF_GIGABYTE;
  return {
    lines: ['', ...table(`${megabytesOf(path)} MB`, ways, results, statSync(path).size)],
    isGood: isSmall && (!ways.includes(JSON_PARSE) || isFast(results)),
    verdict,
  };
}

function isFast(results: ReadonlyMap<Way, Measured>): boolean {
  const parsed = resultOf(results, JSON_PARSE);
  const read = resultOf(results, COLUMNS);
  return read.ms <= MAX_SHARE_OF_PARSING * parsed.ms && read.count === parsed.count;
}

async function measurePacked(program: string, folder: string, megabytes: number): Promise<Section> {
  const path = await makeSized(folder, megabytes);
  const packed = await packTrace(path);
  const ways = [UNPACKED, COLUMNS];
  const results = measure(program, ways, packed);
  const title = `${megabytesOf(path)} MB as gzip of ${(statSync(packed).size / 1e6).toFixed(1)} MB`;
  const share = resultOf(results, COLUMNS).ms / resultOf(results, UNPACKED).ms;
  return {
    lines: ['', ...table(title, ways, results, statSync(path).size)],
    isGood: share <= MAX_SHARE_OF_UNPACKING,
  };
}

async function measureRanks(program: string, folder: string): Promise<Section> {
  let bytes = 0;
  for (let rank = 0; rank < RANKS; rank++) {
    bytes += statSync(await makeSized(folder, RANK_MEGABYTES, rank)).size;
  }
  const ways = [JSON_PARSE, COLUMNS];
  const results = measure(program, ways, join(folder, `of-${RANK_MEGABYTES}-MB`));
  const title = `${RANKS} ranks, ${(bytes / 1e6).toFixed(0)} MB together`;
  return { lines: ['', ...table(title, ways, results, bytes)], isGood: isFast(results) };
}

function resultOf(results: ReadonlyMap<Way, Measured>, way: Way): Measured {
  const result = results.get(way);
  if (result === undefined) {
    throw new Error(`${way[0]} was not measured`);
  }
  return result;
}

function measure(program: string, ways: readonly Way[], path: string): ReadonlyMap<Way, Measured> {
  const results = compare(
    program,
    ways.map(([, way]) => [way, path]),
  );
  return new Map(ways.map((way, i) => [way, results[i]]));
}

function table(
  title: string,
  ways: readonly Way[],
  results: ReadonlyMap<Way, Measured>,
  bytes: number,
): string[] {
  const reference = resultOf(results, ways[0]);
  const heads = ['time', 'speed', 'peak RSS', 'time', 'memory'];
  return [
    `${title.padEnd(34)}${heads.map((head) => head.padStart(10)).join('')}`,
    ...ways.map((way) => row(way, resultOf(results, way), bytes, reference)),
  ];
}

function row([title]: Way, result: Measured, bytes: number, reference: Measured): string {
  const cells = [
    `${(result.ms / 1000).toFixed(2)} s`,
    `${(bytes / result.ms / 1000).toFixed(0)} MB/s`,
    `${(result.peakBytes / 2 ** 20).toFixed(0)} MiB`,
    `${(result.ms / reference.ms).toFixed(2)} x`,
    `${(result.peakBytes / reference.peakBytes).toFixed(2)} x`,
  ];
  return title.padEnd(34) + cells.map((cell) => cell.padStart(10)).join('');
}

/** What each million events more costs, from size to size. */
function slopes(sizes: readonly number[], results: readonly Measured[]): string {
  const steps = results.slice(1).map((result, i) => {
    const before = results[i];
    const millions = (result.count - before.count) / 1e6;
    const seconds = (result.ms - before.ms) / 1000 / millions;
    const bytes = (result.peakBytes - before.peakBytes) / millions / 1e6;
    return `from ${sizes[i] ?? ''} to ${sizes[i + 1] ?? ''} MB ${seconds.toFixed(2)} s and ${bytes.toFixed(0)} bytes an event`;
  });
  return `A million events more take, to the verdict: ${steps.join(', ')}.`;
}

function megabytesOf(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}
