import { clampRange, panRange, type TimeRange, zoomRange } from '../time-range.ts';

/** What a key does to the range in view; null where it does nothing to it. */
export function rangeAfterKey(key: string, range: TimeRange, whole: TimeRange): TimeRange | null {
  const middle = (range.startNs + range.endNs) / 2;
  switch (key) {
    case 'w':
    case '+':
    case '=':
      return clampRange(zoomRange(range, 0.6, middle), whole);
    case 's':
    case '-':
      return clampRange(zoomRange(range, 1 / 0.6, middle), whole);
    case 'a':
    case 'ArrowLeft':
      return clampRange(panRange(range, -0.2), whole);
    case 'd':
    case 'ArrowRight':
      return clampRange(panRange(range, 0.2), whole);
    case '0':
    case 'Home':
      return whole;
    default:
      return null;
  }
}

/** The key sheet, in the order of use. */
export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['W / S', 'come nearer, go farther'],
  ['A / D', 'move left, move right'],
  ['Arrow keys', 'move; with Shift from span to span'],
  ['Wheel', 'zoom at the pointer; with Shift move sideways'],
  ['Drag', 'move'],
  ['Click', 'select and explain'],
  ['Double-click', 'fill the view with it'],
  ['F', 'fill the view with the selection'],
  ['/', 'search: parts of names, cat:kernel, phase:forward, dur>1ms, rank:0-3, lane:main'],
  ['Enter, Shift+Enter', 'in the search: next match, previous match'],
  ['N, Shift+N', 'next match, previous match, of the search or of what an area lights'],
  ['Shift+drag, E', 'add up an area, or what is in view: by name, phase or category'],
  ['M', 'mark where the selection begins, or the middle of the view, with a note'],
  ['Alt+← / Alt+→, [ / ]', 'back to the view before, forth again'],
  ['0, Home', 'the whole run'],
  ['Enter', 'on the timeline: select the longest in view'],
  ['O', 'open or close the rank of the selection'],
  [
    'Alt+↑ / Alt+↓',
    'on the name of a track: move it; Enter on a thread or stream, or “…”: pin, fold, hide',
  ],
  ['Arrow keys, Enter', 'in the map of steps: from step to step and rank to rank, show it'],
  ['G', 'go to the line of the selection'],
  ['J', 'jump along its arrows: the next rank of its collective, its kernel, launch or backward'],
  ['Shift+J', 'jump along the other arrow, where there are two'],
  ['L', 'align ranks on the collective that is selected, else on the step; again: give it up'],
  ['Shift+L', 'align ranks on the step, whatever is selected'],
  ['T', 'count times from the run, or from each step'],
  ['Escape', 'give up the selection, then the area, then what ranks are aligned on'],
  ['?', 'this list'],
];
