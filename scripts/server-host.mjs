/**
 * The server and workbench of VS Code out of the npm package `code-server`,
 * for machines that cannot fetch the desktop program.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackages } from './debian-packages.mjs';
import { findProgram } from './find-program.mjs';
import { cacheFolder, runQuietly, step } from './steps.mjs';

/** VS Code 1.139.1, which wants Node 24; the package of Node brings its headers. */
const PACKAGES = [`node-linux-${process.arch}@24.21.0`, 'code-server@4.139.1'];
const COMPILERS = { 'g++': 'g++', make: 'make', python3: 'python3' };
const ADVICE = 'Check the network and run the same command again: it goes on where it stopped.';

const folder = join(cacheFolder, 'server');
const node = join(folder, `node_modules/node-linux-${process.arch}`);
const vscode = join(folder, 'node_modules/code-server/lib/vscode');
const doneFile = join(folder, 'installed.json');

/**
 * @typedef {object} ServerHost
 * @property {'server'} kind
 * @property {string} node The Node that runs it.
 * @property {string} main The script of the server.
 */

/** @returns {ServerHost} */
export function serverHost() {
  return { kind: 'server', node: join(node, 'bin/node'), main: join(vscode, 'out/server-main.js') };
}

/** Whether this kind of machine can have it at all. */
export function canHaveServerHost() {
  return process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
}

/** Installs what is missing; steps that were done are not done again. */
export async function prepareServerHost() {
  mkdirSync(folder, { recursive: true });
  const env = {
    ...withoutNpmScript(process.env),
    PATH: `${join(node, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_nodedir: node,
    npm_config_update_notifier: 'false',
  };
  await once('packages', 'Fetch the VS Code server (0.5 GB, once)', async () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await npm('server-packages', folder, ['install', '--ignore-scripts', ...PACKAGES]);
  });
  await once('dependencies', 'Fetch what the server needs', () =>
    npm('server-dependencies', vscode, ['install', '--omit=dev', '--ignore-scripts'], env),
  );
  await once('native', 'Build its two native modules', async () => {
    await installCompilers();
    await npm(
      'server-native',
      vscode,
      ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'],
      env,
    );
  });
  return serverHost();
}

/**
 * @param {string} id
 * @param {string} title
 * @param {() => Promise<void>} action
 */
async function once(id, title, action) {
  const key = `${id} of ${PACKAGES.join(' ')}`;
  const done = readDone();
  if (done.includes(key)) {
    return;
  }
  await step(title, action);
  writeFileSync(doneFile, `${JSON.stringify([...done, key], null, 2)}\n`);
}

/** @returns {string[]} */
function readDone() {
  return existsSync(doneFile) ? JSON.parse(readFileSync(doneFile, 'utf8')) : [];
}

/**
 * @param {string} name
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function npm(name, cwd, args, env = withoutNpmScript(process.env)) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=warn'];
  return runQuietly(name, 'npm', [...args, ...quiet], { cwd, env, advice: ADVICE });
}

/**
 * `npm run` tells its children that they belong to this project; these installs do not.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutNpmScript(env) {
  const isOurs = (/** @type {string} */ name) =>
    /^npm_(package_|lifecycle_|config_(local_)?prefix$)/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

async function installCompilers() {
  const missing = Object.entries(COMPILERS).filter(([program]) => findProgram(program) === null);
  if (missing.length > 0 && canInstallPackages()) {
    await installPackages(missing.map(([, name]) => name));
  }
}
