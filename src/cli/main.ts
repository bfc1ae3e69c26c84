#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { FileError } from '../files/file-error.ts';
import { WriteError } from '../files/write-atomically.ts';
import { ConfigError } from '../files/read-config.ts';
import { EXIT_CODES, NothingReadableError, UsageError } from './exit-code.ts';
import { HELP } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import { runAnalyze } from './run-analyze.ts';
import { runSimulate } from './simulate.ts';
import { plainText } from './terminal/plain-text.ts';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

process.stdout.on('error', tellLostOutput);
// There is nowhere left to tell it.
process.stderr.on('error', () => undefined);

const exitCode = await main().catch(explain);
process.exitCode ??= exitCode;

async function main(): Promise<number> {
  const parsed = parseArguments(process.argv.slice(2));
  switch (parsed.command) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT_CODES.fine;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      return EXIT_CODES.fine;
    case 'simulate':
      return runSimulate(parsed, process.stdout, interruption.signal);
    case 'analyze': {
      const surroundings = {
        out: process.stdout,
        err: process.stderr,
        version: readVersion(),
        bundles: new URL('.', import.meta.url),
        allowsColor: (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
        nowMs: () => performance.now(),
      };
      return runAnalyze(parsed, surroundings, interruption.signal);
    }
  }
}

/** Tells what went wrong on standard error and gives the exit code for it. */
function explain(error: unknown): number {
  if (interruption.signal.aborted) {
    return EXIT_CODES.interrupted;
  }
  const message = plainText(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) {
    process.stderr.write(`${message}\nTry: training-sleuth --help\n`);
    return EXIT_CODES.wrongUsage;
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`${message}\n`);
    return EXIT_CODES.wrongUsage;
  }
  if (error instanceof WriteError) {
    process.stderr.write(`${message}\n`);
    return EXIT_CODES.outputLost;
  }
  if (error instanceof NothingReadableError || error instanceof FileError) {
    process.stderr.write(`${message}\n`);
    return EXIT_CODES.nothingReadable;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug of Training Sleuth: ${details}\n`);
  return EXIT_CODES.bug;
}

/** The reader of a pipe, such as `head`, may have seen enough: the exit code is for others. */
function tellLostOutput(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    process.exitCode = EXIT_CODES.outputLost;
    process.stderr.write(`The report cannot be written: ${error.message}\n`);
  }
}

/** The version of the package that this program came with. */
function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
