import assert from 'node:assert/strict';
import { missingFiles, unexpectedFiles } from '../../../scripts/package-contents.mjs';

describe('the package', () => {
  it('refuses sources, maps, packages and settings', () => {
    const intruders = [
      'src/cli/main.ts',
      'dist/worker.js.map',
      'dist/shared-ERQY5F5G.js.map',
      'dist/test-host.cjs',
      'node_modules/zod/index.js',
      '.env',
      'media/pictures/run-editor-dark.png',
      'docs/detectors/../../secret.md',
    ];
    const expected = ['package.json', 'media/icon.png', 'dist/shared-ERQY5F5G.js'];
    assert.deepEqual(unexpectedFiles([...expected, ...intruders]), intruders);
  });

  it('notices what is missing', () => {
    assert.ok(missingFiles(['package.json']).includes('dist/extension.cjs'));
    assert.ok(!missingFiles(['package.json']).includes('package.json'));
  });
});
