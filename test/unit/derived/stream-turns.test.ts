import assert from 'node:assert/strict';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import type { StreamTurns } from '../../../src/core/derived/stream-turns.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('the turns of streams', () => {
  it('are work that begins on another stream when that of the one before has ended', () => {
    const { turns, together } = turnsOf(`
      main      lwlll------
      stream 7  K--  K--
      stream 9     K-   K--`);
    assert.equal(together.length, 0);
    assert.deepEqual(
      turns.map(({ isForced }) => isForced),
      [true, false, false],
    );
  });

  it('are none while both work, and that time is told', () => {
    const { turns, together, streams } = turnsOf(`
      main      lll--------
      stream 7  K---   K--
      stream 9    K---`);
    assert.deepEqual([[...together.start], [...together.end]], [[2e6], [4e6]]);
    assert.deepEqual(
      streams.map(({ busy }) => busy.length),
      [2, 1],
    );
    assert.equal(turns.length, 1);
  });

  it('leave the shorter of two forced runs to be hidden, each run once', () => {
    const { hideable } = turnsOf(`
      main      lwlwlwlw---------
      stream 7  K--    K----
      stream 9     K---     K--`);
    assert.deepEqual(
      [[...hideable.start], [...hideable.end]],
      [
        [0, 12e6],
        [3e6, 15e6],
      ],
    );
  });

  it('leave communication out', () => {
    const { streams, turns } = turnsOf('main      lll---\nstream 7  K- K\nstream 9    C');
    assert.equal(streams.length, 1);
    assert.equal(turns.length, 0);
  });
});

function turnsOf(drawing: string): StreamTurns {
  return deriveRank(drawRun([drawing]).ranks[0]).streamTurns;
}
