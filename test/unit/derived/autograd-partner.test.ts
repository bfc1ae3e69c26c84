import assert from 'node:assert/strict';
import { computeAutogradPartner } from '../../../src/core/derived/autograd-partner.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { tellRun } from '../../support/story-runs.ts';

/** `other` has the number of the operator after it; `linear` calls `addmm`, which has its number, too. */
function trace(hasNumbers: boolean): Trace {
  const number = hasNumbers ? 7 : 0;
  const { run } = tellRun([
    {
      lanes: [
        {
          name: 'main',
          kind: 'thread',
          spans: [
            { name: 'aten::other', start: 0, duration: 5, category: 'cpu-op', autograd: number },
            { name: 'aten::linear', start: 10, duration: 30, category: 'cpu-op', autograd: number },
            { name: 'aten::addmm', start: 20, duration: 10, category: 'cpu-op', autograd: number },
            { name: 'aten::view', start: 22, duration: 1, category: 'cpu-op' },
          ],
        },
        {
          name: 'autograd',
          kind: 'thread',
          spans: [
            {
              name: 'autograd::engine::evaluate_function: AddmmBackward0',
              start: 100,
              duration: 30,
              autograd: number,
            },
            { name: 'AddmmBackward0', start: 101, duration: 28, autograd: number },
            { name: 'aten::mm', start: 105, duration: 10 },
          ],
        },
      ],
    },
  ]);
  return run.ranks[0].trace;
}

describe('what autograd joins', () => {
  it('is the last operator of a number, with those that call it, and the node of that number', () => {
    assert.deepEqual([...computeAutogradPartner(trace(true))], [-1, 4, 4, -1, 2, 2, -1]);
  });

  it('is nothing for operators that no node goes back over, or that come after it', () => {
    const own = trace(true);
    own.spans.start[4] = own.spans.start[5] = 15;
    const partner = computeAutogradPartner(own);
    assert.equal(partner[2], -1, 'addmm runs after the node');
    assert.equal(partner[4], 1);
    assert.deepEqual(new Set(computeAutogradPartner(trace(false))), new Set([-1]));
  });

  it('is what arrows of the profiler join, where there are no numbers', () => {
    const own = trace(false);
    const flows = {
      length: 4,
      id: Float64Array.of(1, 1, 2, 2),
      time: Float64Array.of(20, 101, 20, 999),
      lane: Uint32Array.of(0, 1, 0, 1),
      name: Uint32Array.of(8, 8, 8, 8),
      part: Uint8Array.of(0, 2, 0, 2),
    };
    const strings = [...own.strings, 'fwdbwd'];
    assert.equal(strings.indexOf('fwdbwd'), 8);
    const partner = computeAutogradPartner({ ...own, strings, flows });
    assert.deepEqual([...partner], [-1, -1, 5, -1, -1, 2, -1]);
  });
});
