/** Starts a VS Code server with this extension in it. */
import { spawn } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, root, StepError } from './steps.mjs';

const START_TIMEOUT_MS = 60_000;
/** As shells count a program that Ctrl+C ended. */
const INTERRUPTED = 130;

/** What keeps a fresh VS Code quiet. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * @typedef {object} ServerOptions
 * @property {import('./server-host.mjs').ServerHost} host
 * @property {boolean} linksExtension Installs this working tree as an extension.
 * @property {boolean} [allowsTestPayload] Lets an address start a test suite inside the extension host.
 * @property {Record<string, unknown>} [settings] User settings.
 * @property {NodeJS.ProcessEnv} [env] Reaches the extension host.
 */

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {(folder: string) => string} addressOf The address that opens a folder.
 * @property {() => void} stop
 * @property {Promise<void>} ended Settles when the server is gone.
 */

/**
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startServer(options) {
  const profile = mkdtempSync(join(tmpdir(), 'training-sleuth-'));
  prepareProfile(profile, options);
  const child = spawn(options.host.node, serverArguments(profile, options), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...options.env },
  });
  const stop = () => {
    process.off('exit', stop);
    process.off('SIGINT', stopAndExit);
    process.off('SIGTERM', stopAndExit);
    endGroup(child.pid);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const stopAndExit = () => {
    stop();
    process.exit(INTERRUPTED);
  };
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once('exit', () => resolve()));
  process.once('exit', stop);
  process.once('SIGINT', stopAndExit);
  process.once('SIGTERM', stopAndExit);
  try {
    const port = await portOf(child);
    const origin = `http://127.0.0.1:${port}`;
    return { port, stop, ended, addressOf: (path) => `${origin}/?folder=${encodeURI(path)}` };
  } catch (error) {
    stop();
    throw error;
  }
}

/**
 * @param {string} profile
 * @param {ServerOptions} options
 */
function prepareProfile(profile, { linksExtension, settings = {} }) {
  mkdirSync(join(profile, 'user/User'), { recursive: true });
  mkdirSync(join(profile, 'extensions'));
  writeFileSync(
    join(profile, 'user/User/settings.json'),
    JSON.stringify({ ...QUIET_SETTINGS, ...settings }),
  );
  if (linksExtension) {
    symlinkSync(root, join(profile, 'extensions/training-sleuth.training-sleuth-0.0.0'), 'dir');
  }
}

/**
 * @param {string} profile
 * @param {ServerOptions} options
 */
function serverArguments(profile, { host, allowsTestPayload = false }) {
  return [
    host.main,
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token'],
    ...['--accept-server-license-terms', '--disable-workspace-trust', '--telemetry-level', 'off'],
    ...['--user-data-dir', join(profile, 'user')],
    ...['--extensions-dir', join(profile, 'extensions')],
    ...['--server-data-dir', join(profile, 'server')],
    ...(allowsTestPayload ? ['--enable-smoke-test-driver'] : []),
  ];
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<number>}
 */
function portOf(child) {
  mkdirSync(join(cacheFolder, 'logs'), { recursive: true });
  const file = join(cacheFolder, 'logs/server.log');
  const log = createWriteStream(file);
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) =>
      reject(new StepError(`The VS Code server ${reason}`, `Its output is in ${file}`));
    const timer = globalThis.setTimeout(() => fail('did not start in time'), START_TIMEOUT_MS);
    const read = (/** @type {Buffer} */ chunk) => {
      log.write(chunk);
      output = (output + chunk.toString()).slice(-10_000);
      const port = /agent listening on (\d+)/.exec(output)?.[1];
      if (port !== undefined) {
        globalThis.clearTimeout(timer);
        resolve(Number(port));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code}`));
  });
}

/**
 * Ends a detached program and all that it started.
 * @param {number | undefined} pid
 */
function endGroup(pid) {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
