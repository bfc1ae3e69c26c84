import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { serialPhases } from '../../../src/core/detectors/serial-phases.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const COPIES = `
  main      ml----------------
  stream 7  M-----K-----------`;
const SAVES = `
  main      F-l-------W---
  stream 7    K-------`;

describeDetector(serialPhases, {
  finds: [
    {
      name: 'copies and computing that never overlap',
      run: () => drawRun([COPIES], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.title, 'Copying and computing take turns');
        assert.equal(finding.savingNsPerStep, 6e6);
        assert.ok(Math.abs(finding.threshold.measured - 600 / 18) < 1e-9);
        assert.equal(finding.evidence[0].name, 'Memcpy HtoD (Pinned -> Device)');
        assert.match(finding.why, /copying takes 33 % .* computing 67 %.* up to 6 ms\.$/);
        assert.equal(finding.severity, 'error');
      },
    },
    {
      name: 'saving in every step that computing waits for',
      run: () => drawRun([SAVES], { steps: 25 }),
      check: ({ title, layer, annotations }) => {
        assert.match(title, /^Saving/);
        assert.equal(layer, 'orchestration');
        assert.deepEqual(annotations, ['save checkpoint']);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'copies beside the computing',
      run: () =>
        drawRun(
          ['main      ml----------------\nstream 7  K-----------------\nstream 9    M-----'],
          {
            steps: 25,
          },
        ),
    },
    {
      name: 'copies that take little',
      run: () =>
        drawRun(['main      ml----------------\nstream 7  MK----------------'], { steps: 25 }),
    },
    {
      name: 'a run without a GPU, where all is one thread',
      run: () => drawRun(['main      D-----F-----B-----'], { steps: 25 }),
    },
    {
      name: 'some overlap in some steps',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 8 === 3
                ? 'main      ml----------------\nstream 7  M-----K-----------\nstream 9     K---'.replace(
                    'ml-',
                    'mll',
                  )
                : COPIES,
          ],
          { steps: 25 },
        ),
    },
  ],
});

describe('phases that take turns', () => {
  it('are left to the finding about the loader, which says more', () => {
    const run = drawRun(['main      D-----F-l---------\nstream 7          K-------'], {
      steps: 25,
    });
    const ids = analyzeRun(run).report.findings.map(({ id }) => id);
    assert.equal(ids[0], 'data-stall');
    assert.ok(!ids.includes('serial-phases'), ids.join());
  });
});
