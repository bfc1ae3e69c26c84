import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { findCarrier, phaseTimes } from '../../../src/core/derived/step-carrier.ts';
import { phaseIndex } from '../../../src/core/model/phase.ts';
import { type Drawing, drawRun } from '../../support/draw-run.ts';

const TYPICAL = `
  main      D-F---B---
  main        P-------`;
const SAVES = `
  main      D-F---B---W-----
  main        P-------p-----`;
const LATE = `
  main      D-------F---B---
  main              P-------`;

describe('what makes slow steps slow', () => {
  it('is the phase and the innermost name that hold what they take beyond others', () => {
    const { phase, name } = carrierOf((step) => (step === 3 ? SAVES : TYPICAL), [3], 6e6);
    assert.equal(phase, 'checkpoint');
    assert.equal(name, 'train.py(12): augment');
  });

  it('is the name that holds most of its phase, where the phase holds only most of the excess', () => {
    const { phase, name } = carrierOf((step) => (step === 3 ? SAVES : TYPICAL), [3], 9e6);
    assert.equal(phase, 'checkpoint');
    assert.equal(name, 'train.py(12): augment');
  });

  it('is what the same name takes longer than usual', () => {
    const { phase, name } = carrierOf((step) => (step === 3 ? LATE : TYPICAL), [3], 6e6);
    assert.equal(phase, 'data');
    assert.match(name, /^enumerate\(DataLoader\)/);
  });

  it('is nothing where no phase and no name holds it', () => {
    const pause = 'main      D-F---B---      ';
    const { phase, name } = carrierOf((step) => (step === 3 ? pause : TYPICAL), [3], 6e6);
    assert.equal(phase, null);
    assert.equal(name, '');
  });

  it('is told by the time that each step spends in each phase', () => {
    const { tables } = derive((step) => (step === 3 ? LATE : TYPICAL));
    const times = phaseTimes(tables.hostPhases, tables.steps);
    assert.deepEqual([...times[phaseIndex('data')]], [2e6, 2e6, 2e6, 8e6, 2e6, 2e6]);
  });
});

function derive(drawing: Drawing): {
  trace: ReturnType<typeof drawRun>['ranks'][number]['trace'];
  tables: ReturnType<typeof deriveRank>;
} {
  const [rank] = drawRun([drawing], { steps: 6 }).ranks;
  return { trace: rank.trace, tables: deriveRank(rank) };
}

function carrierOf(
  drawing: Drawing,
  slow: readonly number[],
  excessNs: number,
): { phase: string | null; name: string } {
  const { trace, tables } = derive(drawing);
  const typical = [1, 2, 3, 4, 5].filter((row) => !slow.includes(row));
  const { phase, span } = findCarrier(trace, tables, slow, typical, excessNs);
  return { phase, name: span < 0 ? '' : trace.strings[trace.spans.name[span]] };
}
