import assert from 'node:assert/strict';
import { parseSavedView } from '../../../webview/saved-view.ts';
import {
  addMark,
  layOutMarks,
  MAX_MARKS,
  noteMark,
  removeMark,
} from '../../../webview/timeline/marks.ts';

describe('marks', () => {
  it('are kept in time order, once each, with their notes', () => {
    let marks = addMark(addMark(addMark([], 300), 100), 300);
    assert.deepEqual(
      marks.map(({ timeNs }) => timeNs),
      [100, 300],
    );
    marks = noteMark(marks, 300, 'slow batch');
    marks = addMark(marks, 200);
    assert.deepEqual(marks.at(-1), { timeNs: 300, note: 'slow batch' });
    assert.deepEqual(
      removeMark(marks, 100).map(({ timeNs }) => timeNs),
      [200, 300],
    );
    const many = Array.from({ length: MAX_MARKS }, (_, timeNs) => ({ timeNs, note: '' }));
    assert.equal(addMark(many, 9_999), many);
  });

  it('are drawn where they are in view', () => {
    const marks = [50, 150, 350].map((timeNs) => ({ timeNs, note: '' }));
    assert.deepEqual(layOutMarks(marks, { startNs: 100, endNs: 300 }, 400), [{ x: 100, note: '' }]);
  });

  it('come back with the view, and an older view had none', () => {
    const view = { range: null, selection: null, openRanks: [1], run: 'x' };
    assert.deepEqual(parseSavedView(view).marks, []);
    const marks = [{ timeNs: 5, note: 'here' }];
    assert.deepEqual(parseSavedView({ ...view, marks }).marks, marks);
  });
});
