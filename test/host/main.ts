/** The door of the suite that runs inside VS Code. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

const TEST_TIMEOUT_MS = 60_000;

/** Runs every bundled test file; VS Code calls it and takes a rejection as failure. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TEST_TIMEOUT_MS,
    color: false,
    reporter: join(__dirname, '../scripts/result-reporter.cjs'),
  });
  const folder = join(__dirname, 'test-host');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((found) => found.endsWith('.test.cjs')).sort()) {
    mocha.addFile(join(folder, name));
  }
  const failureCount = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failureCount > 0) {
    throw new Error(`${failureCount} of the tests inside VS Code failed`);
  }
}
