import assert from 'node:assert/strict';
import { commExposed } from '../../../src/core/detectors/comm-exposed.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const EXPOSED = `
  main       ll
  stream 7   K-------------
  stream 9        C--------------
`;
const HIDDEN = `
  main       ll
  stream 7   K-------------------
  stream 9        C-----
`;

describeDetector(commExposed, {
  finds: [
    {
      name: 'reductions that go on after compute ended',
      run: () => drawRun([EXPOSED, EXPOSED], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.severity, 'error');
        assert.deepEqual(finding.ranks, [0, 1]);
        // 6 of 21 ms, all of it transfer.
        assert.equal(finding.savingNsPerStep, 6e6);
        assert.match(finding.why, /100 % of the communication is transfer/);
        assert.ok(finding.evidence.every(({ step }) => finding.steps.includes(step ?? -1)));
      },
    },
    {
      name: 'them on one of several ranks, but cannot tell transfer from waiting',
      run: () => drawRun([EXPOSED], { steps: 25, meta: { worldSize: 8 } }),
      check: (finding) => {
        assert.deepEqual([finding.severity, finding.confidence], ['warning', 'low']);
        assert.match(finding.why, /only the files of all ranks/);
      },
    },
  ],
  staysQuiet: [
    { name: 'communication behind compute', run: () => drawRun([HIDDEN, HIDDEN], { steps: 25 }) },
    {
      name: 'waiting for a late rank',
      run: () =>
        drawRun(
          [
            'main       ll\nstream 7   K-----\nstream 9        C--------------',
            'main       ll\nstream 7   K-----------------\nstream 9                   C---',
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'a run without communication',
      run: () => drawRun(['main      F---B---'], { steps: 25 }),
    },
  ],
});
