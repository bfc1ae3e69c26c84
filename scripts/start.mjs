/**
 * `npm start`: installs and builds what is missing, prints the analysis of the sample run,
 * and opens the sample workspace in VS Code. `npm start -- --no-open` stops after the analysis.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram } from './find-program.mjs';
import { installPackagesOfLock } from './install-packages.mjs';
import { prepareServerHost, canHaveServerHost } from './server-host.mjs';
import { startServer } from './start-server.mjs';
import { root, runMain, runQuietly, runVisibly, step, StepError } from './steps.mjs';

const WORKSPACE = join(root, 'samples/image-classification');
const RUN = join(WORKSPACE, 'runs/slow-augment');

await runMain(async () => {
  const { values } = parseArgs({ options: { 'no-open': { type: 'boolean', default: false } } });
  await installPackagesOfLock();
  await step('Build', () => runQuietly('build', process.execPath, ['esbuild.mjs']));
  console.log('');
  const code = await runVisibly(process.execPath, ['dist/cli.js', 'analyze', RUN]);
  if (code !== 0) {
    throw new StepError(`The analysis of ${RUN} ended with code ${code}`);
  }
  if (!values['no-open']) {
    await openWorkspace();
  }
});

async function openWorkspace() {
  const code = findProgram('code');
  if (code !== null) {
    console.log('\nOpening the sample workspace in VS Code.');
    await runVisibly(code, [`--extensionDevelopmentPath=${root}`, '--new-window', WORKSPACE]);
  } else if (canHaveServerHost()) {
    await serveWorkspace();
  } else {
    throw new StepError(
      'No desktop VS Code was found to open the sample in',
      'Install VS Code and its `code` command (Command Palette: "Shell Command: Install \'code\' command in PATH"), then run npm start again.',
    );
  }
}

/** Serves VS Code for the browser until Ctrl+C. */
async function serveWorkspace() {
  const host = await prepareServerHost();
  const server = await startServer({ host, linksExtension: true });
  console.log('\nVS Code with Training Sleuth and the sample workspace is at');
  console.log(`\n    ${server.addressOf(WORKSPACE)}\n`);
  console.log('Open it in a browser; Ctrl+C here ends it.');
  await server.ended;
  throw new StepError('The VS Code server ended by itself', 'Run npm start again.');
}
