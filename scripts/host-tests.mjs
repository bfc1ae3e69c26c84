/** Runs dist/test-host.cjs inside a real extension host, on a fresh copy of the sample workspace. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_FLAGS, prepareChromium } from './chromium.mjs';
import { startServer } from './start-server.mjs';
import { root, runMain, StepError } from './steps.mjs';
import { prepareHost } from './vscode-host.mjs';

const SUITE = join(root, 'dist/test-host.cjs');
const SUITE_TIMEOUT_MS = 300_000;

/** @param {string} workspace */
async function runInDesktop(workspace, /** @type {string} */ executable) {
  const { runTests } = createRequire(join(root, 'package.json'))('@vscode/test-electron');
  return runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: root,
    extensionTestsPath: SUITE,
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
  });
}

/**
 * @param {string} workspace
 * @param {import('./server-host.mjs').ServerHost} host
 * @returns {Promise<number>} Exit code of the suite.
 */
async function runInServer(workspace, host) {
  const { chromium } = createRequire(join(root, 'package.json'))('playwright-core');
  const executablePath = await prepareChromium();
  const server = await startServer({ host, linksExtension: false, allowsTestPayload: true });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const remote = (/** @type {string} */ path) =>
      `vscode-remote://127.0.0.1:${server.port}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(root)],
      ['extensionTestsPath', remote(SUITE)],
    ];
    const exitCode = new Promise((resolve, reject) => {
      void page.exposeFunction('codeAutomationExit', resolve);
      globalThis
        .setTimeout(
          () => reject(new StepError('The suite inside VS Code did not end in time')),
          SUITE_TIMEOUT_MS,
        )
        .unref();
    });
    await page.exposeFunction('codeAutomationLog', printLog);
    const query = `&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    await page.goto(server.addressOf(workspace) + query);
    return Number(await exitCode);
  } finally {
    await browser.close();
    server.stop();
  }
}

/**
 * @param {string} type
 * @param {unknown[]} args
 */
function printLog(type, args) {
  const text = args.map(String).join(' ');
  if (type === 'error') {
    console.error(text);
  } else {
    console.log(text);
  }
}

await runMain(async () => {
  const host = await prepareHost();
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-workspace-'));
  const workspace = join(folder, 'image-classification');
  cpSync(join(root, 'samples/image-classification'), workspace, { recursive: true });
  try {
    const code =
      host.kind === 'desktop'
        ? await runInDesktop(workspace, host.executable)
        : await runInServer(workspace, host);
    process.exitCode = code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
