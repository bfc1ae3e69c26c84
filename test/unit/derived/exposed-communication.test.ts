import assert from 'node:assert/strict';
import { computeExposedCommunication } from '../../../src/core/derived/exposed-communication.ts';
import type { RankCollective } from '../../../src/core/derived/rank-collectives.ts';
import { phaseIndex } from '../../../src/core/model/phase.ts';
import { DEVICE_CLASSES, type PhaseIntervals } from '../../../src/core/model/tables.ts';

const NO_DEVICE = {
  length: 0,
  start: new Float64Array(),
  end: new Float64Array(),
  kind: new Uint8Array(),
};
const BACKWARD = { start: 10, end: 40 };

describe('exposed communication of a rank without a device', () => {
  it('is the end of each backward pass, from where its last collective begins', () => {
    const exposed = computeExposedCommunication(
      NO_DEVICE,
      phasesOf(['backward', 10, 40], ['backward', 60, 90]),
      [BACKWARD, { start: 60, end: 90 }],
      [collective(15, 25), collective(30, 39), collective(70, 95)],
    );
    assert.deepEqual(pairs(exposed), [
      [30, 39],
      [70, 90],
    ]);
  });

  it('is also what the main thread spends in collectives outside of backward passes', () => {
    const exposed = computeExposedCommunication(
      NO_DEVICE,
      phasesOf(['backward', 10, 40], ['communication', 45, 50]),
      [BACKWARD],
      [collective(45, 50)],
    );
    assert.deepEqual(pairs(exposed), [[45, 50]]);
  });

  it('is nothing of a pass in which no collective begins', () => {
    const before = [collective(2, 20)];
    const phases = phasesOf(['backward', 10, 40]);
    assert.deepEqual(pairs(computeExposedCommunication(NO_DEVICE, phases, [BACKWARD], before)), []);
  });

  it('is told by the device where there is one', () => {
    const busy = {
      length: 2,
      start: Float64Array.of(10, 30),
      end: Float64Array.of(30, 34),
      kind: Uint8Array.of(
        DEVICE_CLASSES.indexOf('compute'),
        DEVICE_CLASSES.indexOf('communication'),
      ),
    };
    const phases = phasesOf(['backward', 10, 40]);
    const exposed = computeExposedCommunication(busy, phases, [BACKWARD], [collective(12, 40)]);
    assert.deepEqual(pairs(exposed), [[30, 34]]);
  });
});

type Row = readonly [phase: 'backward' | 'communication', start: number, end: number];

function phasesOf(...rows: readonly Row[]): PhaseIntervals {
  return {
    length: rows.length,
    start: Float64Array.from(rows, ([, start]) => start),
    end: Float64Array.from(rows, ([, , end]) => end),
    phase: Uint8Array.from(rows, ([phase]) => phaseIndex(phase)),
  };
}

function collective(start: number, end: number): RankCollective {
  const known = { span: 0, key: 'allreduce', sequence: -1, elements: -1, step: 0 };
  return { ...known, start, end, launchedAt: start };
}

function pairs({ start, end }: { start: Float64Array; end: Float64Array }): number[][] {
  return [...start].map((from, i) => [from, end[i]]);
}
