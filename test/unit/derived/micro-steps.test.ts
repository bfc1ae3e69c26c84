import assert from 'node:assert/strict';
import { listGradientUpdates } from '../../../src/core/derived/gradient-updates.ts';
import { findMicroSteps, type MicroSteps } from '../../../src/core/derived/micro-steps.ts';
import type { RankCollective } from '../../../src/core/derived/rank-collectives.ts';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { drawRun } from '../../support/draw-run.ts';

describe('the updates of the optimizer', () => {
  it('take the backward passes before them together', () => {
    assert.deepEqual(updatesOf('main      F-B--F-B---O-F-B--O-'), [
      {
        passes: [
          { start: 2e6, end: 5e6 },
          { start: 7e6, end: 11e6 },
        ],
        end: 11e6,
      },
      { passes: [{ start: 15e6, end: 18e6 }], end: 18e6 },
    ]);
  });

  it('are training steps where nothing tells of an optimizer', () => {
    const updates = updatesOf('main      F-B--F-B---', 3);
    assert.deepEqual(
      updates.map(({ passes }) => passes.length),
      [2, 2, 2],
    );
  });

  it('take a pause inside a backward pass for no new one', () => {
    assert.deepEqual(
      updatesOf('main      F-B-- B---O-').map(({ passes }) => passes),
      [[{ start: 2e6, end: 10e6 }]],
    );
  });
});

describe('micro-steps', () => {
  const updates = [{ passes: [10, 20, 30].map((start) => ({ start, end: start + 5 })), end: 40 }];

  it('are full where each reduces as many elements as the last', () => {
    const {
      updates: count,
      fullUpdates,
      perUpdate,
      needless,
    } = microSteps([
      [12, 100],
      [13, 50],
      [22, 150],
      [32, 150],
    ]);
    assert.deepEqual([count, fullUpdates, perUpdate], [1, 1, 3]);
    assert.deepEqual(
      needless.map(({ launchedAt }) => launchedAt),
      [12, 13, 22],
    );
  });

  it('are not where one reduces less, as for a norm or a flag', () => {
    assert.equal(
      microSteps([
        [12, 1],
        [22, 150],
        [32, 150],
      ]).fullUpdates,
      0,
    );
  });

  it('are not where the same group communicates before the first backward pass', () => {
    assert.equal(
      microSteps([
        [5, 150],
        [12, 150],
        [22, 150],
        [32, 150],
      ]).fullUpdates,
      0,
    );
  });

  function microSteps(launches: readonly (readonly [number, number])[]): MicroSteps {
    return findMicroSteps(
      updates,
      launches.map(([launchedAt, elements]): RankCollective => ({
        span: 0,
        start: launchedAt,
        end: launchedAt + 1,
        key: '0 allreduce',
        sequence: -1,
        elements,
        launchedAt,
        step: 0,
      })),
    );
  }
});

function updatesOf(drawing: string, steps = 1): ReturnType<typeof listGradientUpdates> {
  const tables = deriveRank(drawRun([drawing], { steps }).ranks[0]);
  return listGradientUpdates(tables.hostPhases, tables.steps);
}
