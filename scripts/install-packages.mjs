/** Installs the packages of package-lock.json where they are missing or of another version. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuietly, step } from './steps.mjs';

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */

export async function installPackagesOfLock() {
  if (!isStale()) {
    return;
  }
  await step('Install packages (npm ci)', () =>
    runQuietly('npm-ci', 'npm', ['ci', '--no-audit', '--no-fund'], {
      advice: 'Check the network and run the same command again.',
    }),
  );
}

function isStale() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) {
    return true;
  }
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted).some(
    ([path, { version, optional = false }]) =>
      path !== '' && !optional && installed[path]?.version !== version,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
