import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePipeline } from '../support/draw-pipeline.ts';
import { makeSized, sourceName } from './make-trace.ts';
import { compare, type Measured } from './measure.ts';

const SIZES_MB = [50, 100, 200];
/** Growth is linear if twice the events take no more than this many times as long. */
const MAX_GROWTH = 2.4;

/** The analysis against the reading before it, for traces of growing size and a timeline of a pipeline. */
export async function measureAnalysis(
  program: string,
  folder: string,
): Promise<{ readonly lines: string[]; readonly isGood: boolean }> {
  const traces: string[] = [];
  for (const size of SIZES_MB) {
    traces.push(await makeSized(folder, size));
  }
  const pipeline = makePipeline(folder);
  const paths = [...traces, pipeline];
  const results = compare(
    program,
    paths.map((path) => ['analyze', path]),
  );
  const [, half, whole, drawn] = results as [Measured, Measured, Measured, Measured];
  const growth = whole.ms / whole.count / (half.ms / half.count);
  const names = [...traces.map((path) => `${megabytes(path)} MB of ${sourceName()}`)];
  return {
    lines: [
      'The analysis after the reading, in the same process; median of 3.',
      '',
      `${''.padEnd(62)}${['events', 'reading', 'analysis', 'ratio', 'peak RSS'].map((name) => name.padStart(10)).join('')}`,
      ...results.slice(0, -1).map((result, i) => row(names[i], result)),
      row(`${megabytes(pipeline)} MB timeline of a pipeline of 64 ranks`, drawn),
      '',
      `From ${names[1]} to ${names[2]}, an event takes ${growth.toFixed(2)} times as long.`,
    ],
    isGood: whole.ms < (whole.readMs ?? 0) && 2 * growth <= MAX_GROWTH,
  };
}

function row(name: string, { count, ms, readMs = 0, peakBytes }: Measured): string {
  const cells = [
    String(count),
    `${(readMs / 1000).toFixed(2)} s`,
    `${(ms / 1000).toFixed(2)} s`,
    `${(ms / readMs).toFixed(2)} x`,
    `${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
  return name.padEnd(62) + cells.map((cell) => cell.padStart(10)).join('');
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}

function makePipeline(folder: string): string {
  const path = join(folder, 'pipeline-of-64-ranks.json');
  if (!existsSync(path)) {
    const text = writePipeline({
      stages: 8,
      dataRanks: 8,
      microBatches: 16,
      steps: 20,
      computeNs: (direction, { stage, step }) =>
        (direction === 'forward' ? 4e6 : 8e6) * (stage === 7 ? 1.3 : 1) * (1 + (step % 3) / 50),
      communicationNs: 300_000,
      optimizerNs: 5_000_000,
    });
    writeFileSync(path, text);
  }
  return path;
}
