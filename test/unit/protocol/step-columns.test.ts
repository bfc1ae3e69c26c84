import assert from 'node:assert/strict';
import { packedStepsSchema, packSteps, unpackSteps } from '../../../src/protocol/step-columns.ts';

describe('packed steps', () => {
  const steps = {
    length: 3,
    rank: Int32Array.of(0, 0, 7),
    step: Int32Array.of(-1, 8, 9),
    start: Float64Array.of(0.5, 1e18, 3),
    duration: Float64Array.of(1, 2, 3),
    isWarmup: Uint8Array.of(1, 0, 0),
  };

  it('come back as they were, none included', () => {
    assert.deepEqual(unpackSteps(packSteps(steps)), steps);
    const none = {
      length: 0,
      rank: new Int32Array(),
      step: new Int32Array(),
      start: new Float64Array(),
      duration: new Float64Array(),
      isWarmup: new Uint8Array(),
    };
    assert.equal(unpackSteps(packSteps(none)).length, 0);
  });

  it('are refused at the door where they are cut or state another length', () => {
    const packed = packSteps(steps);
    const lying = packed.slice(0);
    new Float64Array(lying, 0, 1)[0] = 4;
    assert.ok(packedStepsSchema.safeParse(packed).success);
    for (const bad of [packed.slice(0, -1), lying, new ArrayBuffer(0), new ArrayBuffer(8 + 5)]) {
      assert.equal(packedStepsSchema.safeParse(bad).success, false);
      assert.throws(() => unpackSteps(bad), RangeError);
    }
  });
});
