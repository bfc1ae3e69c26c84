import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { instrument } from '../../../src/core/source/instrumentation/instrument.ts';
import { PythonCode } from '../../../src/core/source/python-code.ts';
import { applyEdits } from '../../../src/core/source/text-edit.ts';
import { findTrainingLoops } from '../../../src/core/source/training-loops.ts';
import { TRAINING_SCRIPTS } from '../../support/scripts.ts';

const PYTHON = '/usr/bin/python3';
const ROOT = join(import.meta.dirname, '..', '..', '..');
const PATH = [join(ROOT, 'recorder'), join(ROOT, 'test', 'fixtures', 'scripts', 'stubs')];

/** Optimizer steps that the script takes, by its author's count of batches. */
const STEPS: Readonly<Record<string, number>> = {
  accelerate_loop: 6,
  grad_accumulation: 4,
  nano_gpt: 9,
  trainer_class: 16,
};

interface Line {
  readonly type: string;
  readonly phase?: string;
  readonly line?: number;
}

/** What a script records of itself once it is instrumented. */
function record(name: string, text: string): readonly Line[] {
  const folder = mkdtempSync(join(tmpdir(), 'sleuth-instrumented-'));
  try {
    writeFileSync(join(folder, `${name}.py`), text);
    execFileSync(PYTHON, [`${name}.py`], {
      cwd: folder,
      stdio: 'pipe',
      env: {
        ...process.env,
        PYTHONPATH: PATH.join(delimiter),
        SLEUTH_DIR: folder,
        SLEUTH_RUN: 'r',
      },
    });
    const lines = readFileSync(join(folder, 'r', 'rank0.spans.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => JSON.parse(line) as Line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('an instrumented script', function () {
  this.timeout(120_000);

  before(function () {
    if (spawnSync(PYTHON, ['-c', 'import torch']).status !== 0) {
      this.skip();
    }
  });

  for (const { name, texts } of TRAINING_SCRIPTS.filter((script) => script.name in STEPS)) {
    it(`records in ${name} each optimizer step, and each phase at a line that does it`, () => {
      const [{ text, phases }] = texts;
      const code = new PythonCode(text);
      const done = applyEdits(text, instrument(code, findTrainingLoops(code)[0]));
      const added = done
        .split('\n')
        .flatMap((line, i) =>
          /^\s*(import training_sleuth as _sleuth|_sleuth\.start\(\))$/.test(line) ? [i + 1] : [],
        );
      const lines = record(name, done);
      const truth = new Map<string, readonly number[]>(phases);
      const wrong = lines.filter(({ type, phase = '', line = 0 }) => {
        const before = line - added.filter((own) => own < line).length;
        const isRight = truth.get(phase)?.includes(before) ?? false;
        return type === 'span' && phase !== 'validation' && !isRight;
      });
      assert.equal(lines.filter(({ type }) => type === 'step').length, STEPS[name]);
      assert.deepEqual(wrong, []);
    });
  }
});
