import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_CASE_MS } from './check-case.ts';
import type { Report } from './fuzz-process.ts';

const PROGRAM = join(import.meta.dirname, 'fuzz-process.ts');

/** A case that fails is made smaller before it is told. */
const MAX_SILENCE_MS = 30_000 + 2 * MAX_CASE_MS;
const MAX_HEAP_MB = 512;
const MAX_FAILURES = 10;

interface Outcome {
  /** Where to go on; behind the case that ended the process. */
  readonly next: number;
  readonly failures: readonly string[];
}

function readOptions(): { seconds: number; seed: number; first: number } {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      case: { type: 'string', default: '0' },
    },
  });
  return {
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    first: Number(values.case),
  };
}

/** Runs one process until the end, or until it hangs, dies or has found enough. */
function runProcess(seed: number, first: number, end: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const child: ChildProcess = fork(PROGRAM, [String(seed), String(first)], {
      execArgv: ['--import=tsx', `--max-old-space-size=${MAX_HEAP_MB}`],
    });
    const failures: string[] = [];
    let index = first;
    let heard = performance.now();
    let isStopped = false;
    const timer = setInterval(() => {
      const now = performance.now();
      const isSilent = now - heard > MAX_SILENCE_MS;
      if (isSilent) {
        failures.push(`case ${index}: no answer for ${MAX_SILENCE_MS / 1000} s`);
      }
      if (isSilent || now > end || failures.length >= MAX_FAILURES) {
        isStopped = true;
        child.kill('SIGKILL');
      }
    }, 200);
    child.on('message', (report: Report) => {
      heard = performance.now();
      index = report.index;
      if (report.kind === 'failed') {
        failures.push(`case ${report.index}: ${report.text}`);
      }
    });
    child.on('exit', (code, signal) => {
      clearInterval(timer);
      if (!isStopped) {
        failures.push(`case ${index}: the process ended (${signal ?? code}), as without memory`);
      }
      resolve({ next: index + 1, failures });
    });
  });
}

async function main(): Promise<void> {
  const { seconds, seed, first } = readOptions();
  const end = performance.now() + seconds * 1_000;
  process.stdout.write(`Seed ${seed}, ${seconds} s.\n`);
  let next = first;
  let failed = 0;
  while (performance.now() < end && failed < MAX_FAILURES) {
    const outcome = await runProcess(seed, next, end);
    next = outcome.next;
    failed += outcome.failures.length;
    for (const failure of outcome.failures) {
      process.stdout.write(`\n${failure}\nAgain: npm run fuzz -- --seed ${seed} --case N\n`);
    }
  }
  process.stdout.write(`${next - first} cases, ${failed} failures.\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
