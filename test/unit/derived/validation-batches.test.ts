import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { phaseIndex, type Phase } from '../../../src/core/model/phase.ts';
import type { PhaseIntervals } from '../../../src/core/model/tables.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('batches to validate on', () => {
  it('belong to the validation, not to the wait of the training for its batches', () => {
    const { loaderWaits, hostPhases } = tablesOf(`
      main      D--F--B--O-V------------
      main                  D--FD--F`);
    assert.deepEqual(
      [...loaderWaits.waits.end],
      [...loaderWaits.waits.start].map((at) => at + 3e6),
    );
    assert.equal(timeIn(hostPhases, 'data') / loaderWaits.waits.length, 3e6);
    assert.equal(timeIn(hostPhases, 'validation') / loaderWaits.waits.length, 11e6);
  });

  it('are those of the training where what is called validation trains', () => {
    const { loaderWaits } = tablesOf(`
      main      V-----------
      main      D--F--B--O-`);
    assert.ok(loaderWaits.waits.length > 0);
  });
});

function tablesOf(drawing: string): ReturnType<typeof deriveRank> {
  return deriveRank(drawRun([drawing], { steps: 4 }).ranks[0]);
}

function timeIn({ length, start, end, phase }: PhaseIntervals, wanted: Phase): number {
  return Array.from({ length }, (_, i) =>
    phase[i] === phaseIndex(wanted) ? end[i] - start[i] : 0,
  ).reduce((sum, time) => sum + time, 0);
}
