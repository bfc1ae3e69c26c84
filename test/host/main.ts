/** The door of the suite that runs inside VS Code. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

const TEST_TIMEOUT_MS = 60_000;

/** Runs every bundled test file; VS Code calls it and takes a rejection as failure. */
export async function run(): Promise<void> {
  const outputFile = process.env['MOCHA_OUTPUT'];
  if (outputFile !== undefined) {
    Mocha.reporters.Base.consoleLog = (...words: unknown[]) =>
      appendFileSync(outputFile, `${format(...words)}\n`);
  }
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
