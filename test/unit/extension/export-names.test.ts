import assert from 'node:assert/strict';
import { defaultFileName } from '../../../src/extension/export/file-names.ts';

describe('the names of saved files', () => {
  it('come from the run and what is saved', () => {
    assert.equal(
      defaultFileName('resnet-aug', { kind: 'csv', table: 'gaps' }),
      'resnet-aug.gaps.csv',
    );
    assert.equal(defaultFileName('a', { kind: 'html' }), 'a.report.html');
    assert.equal(defaultFileName('a', { kind: 'svg', picture: '' }), 'a.timeline.svg');
  });

  it('have nothing that a file system refuses, and are never a path', () => {
    for (const name of ['../../etc/passwd', 'C:\\x|y?', '..', '', 'a'.repeat(500), '日本 語/😀']) {
      const file = defaultFileName(name, { kind: 'html' });
      assert.match(file, /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,100}\.report\.html$/u, file);
    }
    assert.equal(defaultFileName('..', { kind: 'markdown' }), 'run.report.md');
  });
});
