/** Runs programs one after another and tells a person how far it is. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Everything that is fetched or recorded for tests; git ignores it. */
export const cacheFolder = join(root, '.vscode-test');

const LOG_LINES_SHOWN = 20;

/** Something outside this program failed; `advice` says what to do about it. */
export class StepError extends Error {
  /**
   * @param {string} message
   * @param {string} [advice]
   */
  constructor(message, advice = '') {
    super(message);
    this.advice = advice;
  }
}

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(title, action) {
  const started = globalThis.performance.now();
  console.log(`▸ ${title}`);
  try {
    const result = await action();
    console.log(`✓ ${title} (${secondsSince(started)})`);
    return result;
  } catch (error) {
    console.log(`✗ ${title} (${secondsSince(started)})`);
    throw error;
  }
}

/** @param {number} started */
export function secondsSince(started) {
  return `${((globalThis.performance.now() - started) / 1000).toFixed(1)} s`;
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [advice] What to do when it fails.
 */

/**
 * Runs a program with its output on this terminal and gives its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function runVisibly(command, args, { cwd = root, env = process.env } = {}) {
  return exitOf(
    spawn(command, args, { cwd, env, stdio: 'inherit', shell: needsShell(command) }),
    command,
  );
}

/**
 * Runs a program with its output in `.vscode-test/logs/NAME.log`; shows the end of it where it fails.
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export async function runQuietly(name, command, args, options = {}) {
  const { cwd = root, env = process.env, advice = '' } = options;
  const file = join(cacheFolder, 'logs', `${name}.log`);
  mkdirSync(dirname(file), { recursive: true });
  const log = createWriteStream(file);
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: needsShell(command),
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await exitOf(child, command);
  await new Promise((resolve) => log.end(() => resolve(undefined)));
  if (code !== 0) {
    const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
    console.error(tail.map((line) => `    ${line}`).join('\n'));
    throw new StepError(`${[command, ...args].join(' ')} ended with code ${code}`, advice);
  }
}

/** npm and npx are scripts on Windows, which only a shell can start. */
/** @param {string} command */
function needsShell(command) {
  return process.platform === 'win32' && (command === 'npm' || command === 'npx');
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} command
 * @returns {Promise<number>}
 */
function exitOf(child, command) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new StepError(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a script's main function; a failure is printed with its advice and becomes the exit code.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const isExpected = error instanceof StepError;
    console.error(isExpected ? `\nFailed: ${error.message}` : error);
    if (isExpected && error.advice !== '') {
      console.error(error.advice);
    }
    process.exitCode = 1;
  }
}
