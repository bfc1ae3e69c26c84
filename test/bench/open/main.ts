import { existsSync, mkdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { makeTrace, sourceName } from '../make-trace.ts';
import { fetchSpeedscope, SPEEDSCOPE_NAME } from './fetch-speedscope.ts';
import { type Opened, openInSleuth, openInSpeedscope } from './viewers.ts';

const FOLDER = join(import.meta.dirname, '../../../.vscode-test/bench');
const COMPARED_MB = Number(process.env['BENCH_OPEN_MB'] ?? 200);
/** Too large for the other; 0 leaves it out. */
const LARGEST_MB = Number(process.env['BENCH_LARGEST_MB'] ?? 1024);
/** Better by this factor, or it is not good. */
const MIN_FACTOR = 3;
/** Frames come no faster than the screen: 60 Hz, and the half millisecond by which its clock wanders. */
const FRAME_MS = 1000 / 60 + 0.5;

interface TraceFile {
  readonly traceEvents: readonly { readonly pid?: unknown; readonly name?: string }[];
}

/**
 * A file that speedscope can open: it refuses one in which the id of a process is text, as Kineto writes for its
 * own notes, and its demangler fails on some mangled names.
 */
function readableForBoth(text: string): string {
  const trace = JSON.parse(text) as TraceFile;
  const traceEvents = trace.traceEvents
    .filter(({ pid }) => typeof pid === 'number')
    .map((event) => ({ ...event, name: event.name?.replace(/^_+/, '') }));
  return JSON.stringify({ ...trace, traceEvents }, null, 1);
}

async function prepareTrace(megabytes: number): Promise<string> {
  const path = join(FOLDER, `${sourceName().replace(/\W+/g, '-')}-both-${megabytes}.json`);
  if (!existsSync(path) || statSync(path).size < megabytes * 1e6) {
    await makeTrace(path, megabytes * 1e6, readableForBoth);
  }
  return path;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

function row(name: string, { firstPictureMs, readyMs, frameMs, pageBytes }: Opened): string {
  const inTime = frameMs.filter((time) => time <= FRAME_MS).length / frameMs.length;
  const cells = [
    `${(firstPictureMs / 1000).toFixed(1)} s`,
    `${(readyMs / 1000).toFixed(1)} s`,
    `${quantile(frameMs, 0.5).toFixed(1)} ms`,
    `${quantile(frameMs, 0.95).toFixed(1)} ms`,
    `${(100 * inTime).toFixed(1)} %`,
    `${(pageBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
  return `${name.padEnd(34)}${cells.map((cell) => cell.padStart(15)).join('')}`;
}

function factors(ours: Opened, other: Opened): readonly [first: number, frames: number] {
  return [
    other.firstPictureMs / ours.firstPictureMs,
    quantile(other.frameMs, 0.95) / quantile(ours.frameMs, 0.95),
  ];
}

async function main(): Promise<void> {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  mkdirSync(FOLDER, { recursive: true });
  const release = fetchSpeedscope(join(FOLDER, 'speedscope'));
  const trace = await prepareTrace(COMPARED_MB);
  const size = (path: string) => `${(statSync(path).size / 1e6).toFixed(0)} MB`;
  print(
    `Opening ${sourceName()}, repeated to ${size(trace)}, in the same Chromium on ${cpus().length} processors (${cpus()[0]?.model ?? ''}), drawn without a GPU. Ours in a whole VS Code, speedscope alone on its page.`,
  );
  const names = ['first picture', 'all there', 'frame', 'frame p95', 'in 16.7 ms', 'page memory'];
  print(`\n${''.padEnd(34)}${names.map((name) => name.padStart(15)).join('')}`);
  const ours = await openInSleuth(trace);
  print(row(`Training Sleuth, ${size(trace)}`, ours));
  const other = await openInSpeedscope(release, trace);
  print(row(`${SPEEDSCOPE_NAME}, ${size(trace)}`, other));
  const [first, frames] = factors(ours, other);
  print(
    `\nFirst picture ${first.toFixed(1)} x as soon, frames (p95) ${frames.toFixed(1)} x as fast.`,
  );
  if (LARGEST_MB > 0) {
    const largest = await prepareTrace(LARGEST_MB);
    print(`\n${row(`Training Sleuth, ${size(largest)}`, await openInSleuth(largest))}`);
  }
  process.exitCode = first >= MIN_FACTOR && frames >= MIN_FACTOR ? 0 : 1;
}

await main();
