import assert from 'node:assert/strict';
import { listFiles } from '@vscode/vsce';
import { missingFiles, unexpectedFiles } from '../../../scripts/package-contents.mjs';
import { root } from '../../../scripts/steps.mjs';

describe('the package', () => {
  it('holds nothing of this tree but what its list allows', async () => {
    const files = await listFiles({ cwd: root, dependencies: false });
    assert.ok(files.includes('package.json'));
    assert.deepEqual(unexpectedFiles(files), []);
  });

  it('refuses sources, maps, packages and settings', () => {
    const intruders = [
      'src/cli/main.ts',
      'dist/worker.js.map',
      'dist/test-host.cjs',
      'node_modules/zod/index.js',
      '.env',
      'media/pictures/run-editor-dark.png',
      'docs/detectors/../../secret.md',
    ];
    assert.deepEqual(unexpectedFiles(['package.json', 'media/icon.png', ...intruders]), intruders);
  });

  it('notices what is missing', () => {
    assert.ok(missingFiles(['package.json']).includes('dist/extension.cjs'));
    assert.ok(!missingFiles(['package.json']).includes('package.json'));
  });
});
