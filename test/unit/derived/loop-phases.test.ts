import assert from 'node:assert/strict';
import { uniteIntervals } from '../../../src/core/derived/intervals.ts';
import { computeLoopPhases } from '../../../src/core/derived/loop-phases.ts';
import { PhaseIntervalsBuilder } from '../../../src/core/derived/phase-intervals.ts';
import { type Phase, PHASES, phaseIndex } from '../../../src/core/model/phase.ts';

type Row = readonly [phase: Phase, start: number, end: number];

function loopPhases(
  rows: readonly Row[],
  exposed: readonly (readonly [number, number])[],
): string[] {
  const host = new PhaseIntervalsBuilder();
  rows.forEach(([phase, start, end]) => host.add(start, end, phaseIndex(phase)));
  const told = computeLoopPhases(
    host.finish(),
    uniteIntervals(
      exposed.map(([start]) => start),
      exposed.map(([, end]) => end),
    ),
  );
  return Array.from(told.start, (start, i) => `${PHASES[told.phase[i]]} ${start}-${told.end[i]}`);
}

describe('what the loop does where it waits for communication', () => {
  const step: readonly Row[] = [
    ['forward', 0, 10],
    ['backward', 10, 30],
    ['optimizer', 30, 33],
  ];

  it('is communication, in the middle and at the end of what is around it', () => {
    assert.deepEqual(
      loopPhases(step, [
        [14, 16],
        [25, 30],
      ]),
      [
        'forward 0-10',
        'backward 10-14',
        'communication 14-16',
        'backward 16-25',
        'communication 25-30',
        'optimizer 30-33',
      ],
    );
  });

  it('may begin in one phase, or before all, and end in another', () => {
    assert.deepEqual(
      loopPhases(step, [
        [-2, 4],
        [28, 31],
      ]),
      [
        'communication -2-4',
        'forward 4-10',
        'backward 10-28',
        'communication 28-31',
        'optimizer 31-33',
      ],
    );
  });

  it('is what it was where nothing is exposed', () => {
    assert.deepEqual(loopPhases(step, []), ['forward 0-10', 'backward 10-30', 'optimizer 30-33']);
  });
});
