/** Finds or fetches a Chromium for the pictures and the end-to-end tests. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { canInstallPackages, installFirstOf } from './debian-packages.mjs';
import { findProgram, isExecutable } from './find-program.mjs';
import { isReachable } from './network.mjs';
import { root, runMain, runQuietly, step, StepError } from './steps.mjs';

/** Those without windows open a page in half the time. */
const PROGRAMS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome',
];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const ADVICE = 'Install Chromium or Chrome, or name one: CHROMIUM_PATH=/path/to/chromium npm test';

/** For tests everywhere, headless, without a sandbox, and without talking to anyone. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of a Chromium that is here already, or null.
 * @returns {string | null}
 */
export function findChromium() {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    return named;
  }
  const candidates = [...PROGRAMS.map(findProgram), ...APPLICATIONS, playwrightsOwn()];
  return candidates.find((path) => path !== null && isExecutable(path) && runs(path)) ?? null;
}

/** Finds a Chromium, or fetches one with Playwright or apt-get. */
export async function prepareChromium() {
  const found = findChromium();
  if (found !== null) {
    return found;
  }
  if (await isReachable('https://cdn.playwright.dev')) {
    await step('Fetch Chromium with Playwright', () => {
      const cli = createRequire(`${root}/`).resolve('playwright-core/package.json');
      const args = [cli.replace(/package\.json$/, 'cli.js'), 'install', '--with-deps', 'chromium'];
      return runQuietly('chromium', process.execPath, args, { advice: ADVICE });
    });
  } else if (canInstallPackages()) {
    await installFirstOf(['chromium-headless-shell', 'chromium']);
  }
  const installed = findChromium();
  if (installed === null) {
    throw new StepError('No Chromium was found and none could be installed', ADVICE);
  }
  return installed;
}

function playwrightsOwn() {
  try {
    return createRequire(`${root}/`)('playwright-core').chromium.executablePath();
  } catch {
    return null;
  }
}

/**
 * Some systems have a stub that only asks to install it.
 * @param {string} path
 */
function runs(path) {
  if (process.platform === 'win32') {
    return true;
  }
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => console.log(await prepareChromium()));
}
