import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { defineDetector } from '../../../src/core/detectors/detector.ts';
import { DETECTORS, detectorSettings, valuesOf } from '../../../src/core/detectors/registry.ts';
import { runDetectors } from '../../../src/core/detectors/run-detectors.ts';
import { drawRun } from '../../support/draw-run.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FRAME = [
  'detector',
  'finding-draft',
  'hang-drafts',
  'host-stall-draft',
  'late-rank-cause',
  'late-rank-losses',
  'late-rank-wording',
  'registry',
  'run-detectors',
  'service-stall-draft',
];
const IDS = DETECTORS.map(({ id }) => id);

describe('the registry of detectors', () => {
  it('lists every file of the folder, in order', () => {
    const files = readdirSync(join(ROOT, 'src/core/detectors'))
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((file) => !FRAME.includes(file));
    assert.deepEqual(IDS, files.sort());
  });

  it('has a test and a page for each', () => {
    for (const id of IDS) {
      assert.ok(existsSync(join(import.meta.dirname, `${id}.test.ts`)), `${id} has no test`);
      const page = readFileSync(join(ROOT, `docs/detectors/${id}.md`), 'utf8');
      for (const option of Object.keys(detectorSettings()[id])) {
        assert.match(page, new RegExp(`\\b${option}\\b`), `the page of ${id} lacks ${option}`);
      }
    }
  });

  it('takes changed thresholds and keeps the default of what is no number', () => {
    const [detector] = DETECTORS;
    const [name] = Object.keys(detector.options);
    assert.equal(valuesOf(detector, { [detector.id]: { [name]: 42 } })[name], 42);
    assert.equal(
      valuesOf(detector, { [detector.id]: { [name]: NaN } })[name],
      detector.options[name].default,
    );
  });

  it('turns a throw into a failure and goes on', () => {
    const broken = defineDetector({
      id: 'broken',
      title: 'Broken',
      needs: ['steps'],
      options: {},
      // eslint-disable-next-line require-yield -- It throws before it could.
      *detect() {
        throw new Error('a bug');
      },
    });
    const tables = deriveRun(drawRun(['main      D-----F---'], { steps: 5 }));
    const { drafts, failures } = runDetectors([broken, ...DETECTORS], tables, {});
    assert.deepEqual(failures, [{ detector: 'broken', message: 'a bug' }]);
    assert.ok(drafts.some(({ id }) => id === 'data-stall'));
  });
});
