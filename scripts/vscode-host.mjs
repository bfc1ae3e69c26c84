/**
 * Gets a VS Code to test in: the desktop program where it can be fetched, its server where not.
 * TRAINING_SLEUTH_HOST=desktop or =server decides instead.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram } from './find-program.mjs';
import { isReachable } from './network.mjs';
import { canHaveServerHost, prepareServerHost } from './server-host.mjs';
import { cacheFolder, root, runMain, step, StepError } from './steps.mjs';

/**
 * @typedef {object} DesktopHost
 * @property {'desktop'} kind
 * @property {string} executable
 */

/** @returns {Promise<DesktopHost | import('./server-host.mjs').ServerHost>} */
export async function prepareHost() {
  const kind = await chooseKind();
  return kind === 'desktop' ? prepareDesktop() : prepareServerHost();
}

/** @returns {Promise<'desktop' | 'server'>} */
async function chooseKind() {
  const asked = process.env['TRAINING_SLEUTH_HOST'];
  if (asked === 'desktop' || asked === 'server') {
    return asked;
  }
  if (asked !== undefined && asked !== '') {
    throw new StepError(
      `TRAINING_SLEUTH_HOST is ${asked}`,
      'It can be desktop, server, or empty to decide by what is at hand.',
    );
  }
  if (
    hasScreen() &&
    (hasDesktop() || (await isReachable('https://update.code.visualstudio.com')))
  ) {
    return 'desktop';
  }
  if (canHaveServerHost()) {
    return 'server';
  }
  throw new StepError(
    'There is no VS Code to test in',
    'The desktop program could not be fetched from update.code.visualstudio.com, and its server runs on Linux only. Check the network and try again.',
  );
}

/** Electron on Linux needs a display; `xvfb-run` gives one. */
function hasScreen() {
  return process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '';
}

function hasDesktop() {
  try {
    return readdirSync(cacheFolder).some((name) => name.startsWith('vscode-'));
  } catch {
    return false;
  }
}

/** @returns {Promise<DesktopHost>} */
async function prepareDesktop() {
  const { downloadAndUnzipVSCode } = createRequire(join(root, 'package.json'))(
    '@vscode/test-electron',
  );
  const executable = await step('Fetch desktop VS Code', () =>
    downloadAndUnzipVSCode({ version: 'stable', cachePath: cacheFolder }),
  );
  return { kind: 'desktop', executable };
}

/** The command `code` of an installed desktop VS Code, or null. */
export function findInstalledCode() {
  return findProgram('code');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => console.log(JSON.stringify(await prepareHost(), null, 2)));
}
