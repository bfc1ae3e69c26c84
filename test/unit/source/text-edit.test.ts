import assert from 'node:assert/strict';
import { applyEdits, joinEdits, type TextEdit } from '../../../src/core/source/text-edit.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('edits of a text', () => {
  it('that follow each other are joined to edits of the first text', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const text = 'abcdefghijklmnopqrstuvwxyz';
      const steps: TextEdit[][] = [];
      let now = text;
      for (let step = 0; step < 4; step++) {
        const from = Math.floor(random() * now.length);
        const to = Math.min(now.length, from + Math.floor(random() * 5));
        const edits = [
          { from, to, insert: 'XY'.slice(0, Math.floor(random() * 3)) },
          { from: to, to, insert: String(step) },
        ];
        steps.push(edits);
        now = applyEdits(now, edits);
      }
      assert.equal(applyEdits(text, joinEdits(text, steps)), now);
    }
    assert.deepEqual(joinEdits('abc', []), []);
  });
});
