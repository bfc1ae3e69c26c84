import assert from 'node:assert/strict';
import { followLine } from '../../../src/core/source/follow-line.ts';

const edit = (line: number, removedLines: number, addedLines: number) => ({
  timeMs: 0,
  line,
  removedLines,
  addedLines,
});

describe('followLine', () => {
  it('leaves lines above an edit, and the line in which it begins', () => {
    assert.equal(followLine(3, [edit(3, 0, 2)]), 3);
    assert.equal(followLine(2, [edit(3, 1, 0)]), 2);
  });

  it('moves lines below', () => {
    assert.equal(followLine(4, [edit(3, 0, 2)]), 6);
    assert.equal(followLine(9, [edit(3, 4, 1)]), 6);
    assert.equal(followLine(1, [edit(0, 0, 1)]), 2);
  });

  it('puts removed lines where the edit begins', () => {
    assert.equal(followLine(5, [edit(3, 4, 1)]), 3);
    assert.equal(followLine(7, [edit(3, 4, 1)]), 3);
    assert.equal(followLine(8, [edit(3, 4, 1)]), 5);
  });

  it('follows edits one after the other', () => {
    assert.equal(followLine(10, [edit(1, 0, 5), edit(12, 0, 1), edit(2, 3, 0)]), 13);
  });
});
