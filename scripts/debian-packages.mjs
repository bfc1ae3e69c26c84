import { findProgram } from './find-program.mjs';
import { runQuietly, step } from './steps.mjs';

/** Whether this machine can install Debian packages without asking for a password. */
export function canInstallPackages() {
  return findProgram('apt-get') !== null && process.getuid?.() === 0;
}

/** @param {readonly string[]} names */
export async function installPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const advice = `Install by hand: sudo apt-get install ${names.join(' ')}`;
  await step(`Install ${names.join(', ')} with apt-get`, async () => {
    await runQuietly('apt-update', 'apt-get', ['update'], { env, advice });
    const args = ['install', '-y', '--no-install-recommends', ...names];
    await runQuietly('apt-install', 'apt-get', args, { env, advice });
  });
}

/**
 * Installs the first of packages that can be installed.
 * @param {readonly string[]} names
 */
export async function installFirstOf([name, ...others]) {
  try {
    await installPackages([name]);
  } catch (error) {
    if (others.length === 0) {
      throw error;
    }
    await installFirstOf(others);
  }
}
