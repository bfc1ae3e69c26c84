/**
 * `npm test`: installs what is missing and runs everything. The last line counts the tests of
 * all suites; each gate without tests of its own (format, types, …) counts as one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareChromium } from './chromium.mjs';
import { installPackagesOfLock } from './install-packages.mjs';
import { cacheFolder, runMain, runVisibly, step } from './steps.mjs';
import { prepareHost } from './vscode-host.mjs';

const GATES = ['check:format', 'check:types', 'check:lint', 'check:imports', 'build'];
const SUITES = ['test:unit', 'test:gallery', 'test:host', 'test:e2e'];
const LAST_GATES = ['package'];

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

await runMain(async () => {
  await installPackagesOfLock();
  await prepareChromium();
  await prepareHost();
  /** @type {Map<string, Counts>} */
  const results = new Map(GATES.map((gate) => [gate, FAILED]));
  await Promise.all(GATES.map(async (gate) => results.set(gate, await runGate(gate))));
  for (const suite of SUITES) {
    results.set(suite, await runSuite(suite));
  }
  for (const gate of LAST_GATES) {
    results.set(gate, await runGate(gate));
  }
  printResults(results);
});

/**
 * @param {string} script
 * @returns {Promise<Counts>}
 */
async function runGate(script) {
  const code = await step(script, () => runVisibly('npm', ['run', '--silent', script]));
  return code === 0 ? PASSED : FAILED;
}

/**
 * @param {string} script
 * @returns {Promise<Counts>}
 */
async function runSuite(script) {
  const file = join(cacheFolder, 'results', `${script.replace(':', '-')}.json`);
  mkdirSync(join(cacheFolder, 'results'), { recursive: true });
  rmSync(file, { force: true });
  const env = { ...process.env, MOCHA_RESULTS: file };
  const code = await step(script, () => runVisibly('npm', ['run', '--silent', script], { env }));
  if (!existsSync(file)) {
    console.error(`${script} ended with code ${code} before it had results`);
    return FAILED;
  }
  /** @type {Counts} */
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  if (counts.passed + counts.failed + counts.skipped === 0) {
    console.error(`${script} ran no test`);
    return FAILED;
  }
  if (code !== 0 && counts.failed === 0) {
    console.error(`${script} ended with code ${code} though no test failed`);
    return { ...counts, failed: 1 };
  }
  return counts;
}

/** @param {Map<string, Counts>} results */
function printResults(results) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('');
  for (const [script, counts] of results) {
    console.log(`${script.padEnd(14)} ${format(counts)}`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  console.log(`\n${format(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/** @param {Counts} counts */
function format({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
