/** Runs dist/test-host.cjs inside a real extension host, on a fresh copy of the sample workspace. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CHROMIUM_FLAGS, prepareChromium } from './chromium.mjs';
import { startServer } from './start-server.mjs';
import { cacheFolder, root, runMain, StepError } from './steps.mjs';
import { prepareHost } from './vscode-host.mjs';

const SUITE = join(root, 'dist/test-host.cjs');
const SUITE_TIMEOUT_MS = 300_000;
/** What the workbench says beside the tests. */
const WORKBENCH_LOG = join(cacheFolder, 'logs/workbench.log');

const require = createRequire(join(root, 'package.json'));

await runMain(async () => {
  const host = await prepareHost();
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-workspace-'));
  const workspace = join(folder, 'image-classification');
  cpSync(join(root, 'samples/image-classification'), workspace, { recursive: true });
  process.env['MOCHA_OUTPUT'] = join(folder, 'mocha.txt');
  try {
    process.exitCode = await (host.kind === 'desktop'
      ? runInDesktop(workspace, host.executable)
      : runInServer(workspace, host));
  } finally {
    if (existsSync(process.env['MOCHA_OUTPUT'])) {
      console.log(readFileSync(process.env['MOCHA_OUTPUT'], 'utf8'));
    }
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * @param {string} workspace
 * @param {string} executable
 * @returns {Promise<number>} Exit code of the suite.
 */
async function runInDesktop(workspace, executable) {
  const { runTests } = require('@vscode/test-electron');
  try {
    return await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: SUITE,
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
      ],
    });
  } catch (error) {
    console.error(String(error));
    return 1;
  }
}

/**
 * @param {string} workspace
 * @param {import('./server-host.mjs').ServerHost} host
 * @returns {Promise<number>} Exit code of the suite.
 */
async function runInServer(workspace, host) {
  const { chromium } = require('playwright-core');
  const executablePath = await prepareChromium();
  const server = await startServer({ host, linksExtension: false, allowsTestPayload: true });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const exitCode = new Promise((resolve) => {
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    mkdirSync(join(cacheFolder, 'logs'), { recursive: true });
    rmSync(WORKBENCH_LOG, { force: true });
    await page.exposeFunction('codeAutomationLog', logWorkbench);
    await page.goto(server.addressOf(workspace) + payloadOf(server.port));
    const timeout = setTimeout(SUITE_TIMEOUT_MS, null, { ref: false });
    const code = await Promise.race([exitCode, timeout]);
    if (code === null) {
      throw new StepError(
        `The suite inside VS Code did not end within ${SUITE_TIMEOUT_MS / 1000} s`,
        `What the workbench said is in ${WORKBENCH_LOG}`,
      );
    }
    return Number(code);
  } finally {
    await browser.close();
    server.stop();
  }
}

/**
 * The part of the address that makes the workbench run the suite.
 * @param {number} port
 */
function payloadOf(port) {
  const remote = (/** @type {string} */ path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(SUITE)],
  ];
  return `&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * @param {string} type
 * @param {unknown[]} args
 */
function logWorkbench(type, args) {
  appendFileSync(WORKBENCH_LOG, `[${type}] ${args.map(String).join(' ')}\n`);
}
