/** `npm run package`: makes the .vsix, prints its size, and refuses what does not belong in it. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, runMain, StepError } from './steps.mjs';
import { missingFiles, unexpectedFiles } from './package-contents.mjs';

const MAX_BYTES = 1_500_000;

await runMain(async () => {
  const { createVSIX, listFiles } = createRequire(join(root, 'package.json'))('@vscode/vsce');
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vsix = join(root, `${name}-${version}.vsix`);
  await createVSIX({
    cwd: root,
    packagePath: vsix,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const files = await listFiles({ cwd: root, dependencies: false });
  const bytes = statSync(vsix).size;
  console.log(`${vsix}: ${(bytes / 1e6).toFixed(2)} MB, ${files.length} files`);
  const unexpected = unexpectedFiles(files);
  if (unexpected.length > 0) {
    throw new StepError(
      `These files do not belong in the package: ${unexpected.join(', ')}`,
      'Change .vscodeignore, or the list in scripts/package-contents.mjs.',
    );
  }
  const missing = missingFiles(files);
  if (missing.length > 0) {
    throw new StepError(`These files are missing from the package: ${missing.join(', ')}`);
  }
  if (bytes > MAX_BYTES) {
    throw new StepError(`The package is larger than ${MAX_BYTES / 1e6} MB`);
  }
});
