import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from './build-program.ts';
import { measureAnalysis } from './measure-analysis.ts';
import { measureCache } from './measure-cache.ts';
import { measureHints } from './measure-hints.ts';
import { measureLive } from './measure-live.ts';
import { measureReading } from './measure-reading.ts';
import { measureRecorder } from './measure-recorder.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/bench.js');
const FOLDER = join(ROOT, '.vscode-test/bench');

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await buildProgram(join(ROOT, 'dist'), {
    bench: join(import.meta.dirname, 'read-once.ts'),
    'read-thread': join(ROOT, 'src/files/read-thread.ts'),
  });
  const reading = await measureReading(PROGRAM, FOLDER);
  process.stdout.write(`${reading.lines.join('\n')}\n`);
  const analysis = await measureAnalysis(PROGRAM, FOLDER);
  process.stdout.write(`\n${analysis.lines.join('\n')}\n`);
  const cache = await measureCache(FOLDER);
  process.stdout.write(`\n${cache.lines.join('\n')}\n`);
  const live = await measureLive(FOLDER);
  process.stdout.write(`\n${live.lines.join('\n')}\n`);
  const hints = measureHints();
  process.stdout.write(`\n${hints.lines.join('\n')}\n`);
  const recorder = measureRecorder(FOLDER);
  process.stdout.write(`\n${recorder.lines.join('\n')}\n`);
  const isGood = [reading, analysis, cache, live, hints, recorder].every((part) => part.isGood);
  process.exitCode = isGood ? 0 : 1;
}

await main();
