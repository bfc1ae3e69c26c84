import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DETECTORS } from '../../../../src/core/detectors/registry.ts';
import { fixesFor, fixesOfLoader } from '../../../../src/core/source/fixes/offer-fixes.ts';
import { FIXERS } from '../../../../src/core/source/fixes/registry.ts';
import { PythonCode } from '../../../../src/core/source/python-code.ts';
import { applyEdits } from '../../../../src/core/source/text-edit.ts';
import { findingOf } from './apply-fixer.ts';

const FOLDER = 'src/core/source/fixes';
const SCRIPTS = 'test/fixtures/scripts';
const PYTHON = '/usr/bin/python3';

describe('the fixes', () => {
  it('are the files of their folder, each by its name', () => {
    const files = readdirSync(FOLDER)
      .map((name) => basename(name, '.ts'))
      .filter((name) => !['fix', 'offer-fixes', 'registry'].includes(name));
    assert.deepEqual(FIXERS.map(({ id }) => id).sort(), files.sort());
  });

  it('stand in the documentation, each with what it answers', () => {
    const rows = readFileSync('docs/fixes.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const documented = rows.map((row) => ({
      id: /^\| `([a-z0-9-]+)`/.exec(row)?.[1],
      detectors: [...row.matchAll(/\(detectors\/([a-z-]+)\.md\)/g)].map(([, id]) => id),
    }));
    assert.deepEqual(
      documented,
      FIXERS.map(({ id, detectors }) => ({ id, detectors: [...detectors] })),
    );
  });

  it('answer findings that there are', () => {
    const known = DETECTORS.map(({ id }) => id);
    for (const { id, detectors } of FIXERS) {
      assert.ok(detectors.length > 0, id);
      assert.deepEqual(
        detectors.filter((detector) => !known.includes(detector)),
        [],
        id,
      );
    }
  });
});

describe('fixes that belong together', () => {
  const text = [
    'from torch.utils.data import DataLoader',
    'loader = DataLoader(data, 8)',
    'for x in loader:',
    '    x = x.to(device)',
    '    loss.backward()',
    '',
  ].join('\n');

  it('are applied at once, though one makes room for the next', () => {
    const [all] = fixesFor(new PythonCode(text), { line: 3 }, findingOf('data-stall', 75));
    assert.deepEqual(all.ids, ['num-workers', 'persistent-workers', 'pin-memory', 'non-blocking']);
    assert.equal(
      applyEdits(text, all.edits),
      text
        .replace('8)', '8, num_workers=4, persistent_workers=True, pin_memory=True)')
        .replace('(device)', '(device, non_blocking=True)'),
    );
    assert.equal(
      all.title,
      'Fix all of this: num_workers=4, persistent_workers=True, pin_memory=True, non_blocking=True',
    );
  });

  it('are offered at the loader without a finding, and nowhere else', () => {
    const code = new PythonCode(text);
    assert.deepEqual(
      fixesOfLoader(code, { line: 2 }).map(({ ids }) => ids.length),
      [4, 1, 1, 1],
    );
    assert.deepEqual(fixesOfLoader(code, { line: 3 }), []);
  });

  it('are nothing for a finding that no edit answers', () => {
    assert.deepEqual(fixesFor(new PythonCode(text), { line: 3 }, findingOf('straggler', 9)), []);
  });
});

describe('fixes of whole scripts', () => {
  it('are told in sentences, are gone once they are applied, and leave valid Python', function () {
    this.timeout(60_000);
    const after: string[] = [];
    for (const { text, line, fix, detector } of offersOfScripts()) {
      assert.match(fix.title, /^[A-Z]/);
      assert.match(fix.explanation, /\.$/);
      const result = applyEdits(text, fix.edits);
      const left = fixesFor(new PythonCode(result), { line }, findingOf(detector, 50));
      const isAgain = left.some(
        ({ ids, edits }) => edits.length > 0 && ids.join(' ') === fix.ids.join(' '),
      );
      assert.ok(!isAgain, `${fix.title} is offered again at line ${line}`);
      after.push(result);
    }
    assert.ok(after.length > 50, `only ${after.length} fixes are offered`);
    assert.deepEqual(brokenScripts([...new Set(after)]), []);
  });
});

/** Each fix of each finding, at every thirtieth line of every script. */
function* offersOfScripts() {
  const names = readdirSync(SCRIPTS).filter((name) => name.endsWith('.py'));
  for (const path of [
    ...names.map((name) => join(SCRIPTS, name)),
    'samples/planted-troubles/train.py',
    'samples/image-classification/train.py',
  ]) {
    const text = readFileSync(path, 'utf8');
    const code = new PythonCode(text);
    for (let line = 1; line <= text.split('\n').length; line += 30) {
      yield* offersAt(code, line);
    }
  }
}

function* offersAt(code: PythonCode, line: number) {
  for (const detector of ['data-stall', 'host-sync', 'precision', 'host-bound']) {
    for (const fix of fixesFor(code, { line }, findingOf(detector, 50))) {
      yield { text: code.text, line, fix, detector };
    }
  }
}

function brokenScripts(scripts: readonly string[]): readonly string[] {
  if (!existsSync(PYTHON)) {
    return [];
  }
  const check = 'import ast, json, sys\nfor s in json.load(sys.stdin): ast.parse(s)';
  const { status, stderr } = spawnSync(PYTHON, ['-c', check], {
    input: JSON.stringify(scripts),
    encoding: 'utf8',
  });
  return status === 0 ? [] : [stderr];
}
