import assert from 'node:assert/strict';
import { dataSingleWorker } from '../../../src/core/detectors/data-single-worker.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

describeDetector(dataSingleWorker, {
  finds: [
    {
      name: 'the iterator of num_workers=0 and saves the shorter of loading and the rest',
      run: () => drawRun(['main      d-----F---B---'], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.savingNsPerStep, 6e6);
        assert.equal(finding.severity, 'warning');
        assert.match(finding.why, /num_workers=0/);
      },
    },
    {
      name: 'no more saving than the rest of the step can hide',
      run: () => drawRun(['main      d-----------F-B-'], { steps: 25 }),
      check: (finding) => assert.equal(finding.savingNsPerStep, 4e6),
    },
    {
      name: 'the iterator inside an annotation of the user',
      run: () =>
        drawRun(
          [
            `
        main      p-----F---B---
        main      d----
      `,
          ],
          { steps: 5 },
        ),
      check: (finding) => assert.equal(finding.ranks[0], 0),
    },
  ],
  staysQuiet: [
    { name: 'worker processes', run: () => drawRun(['main      D-----F---B---'], { steps: 25 }) },
    {
      name: 'a wait too short to matter',
      run: () =>
        drawRun(['main      d-F--------------------B---------------------'], { steps: 25 }),
    },
  ],
});
