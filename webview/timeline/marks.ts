import type { TimeRange } from '../time-range.ts';

/** A moment that the user wants to find again, and why. */
export interface Mark {
  /** Run time. */
  readonly timeNs: number;
  readonly note: string;
}

export const MAX_MARKS = 200;

/** In time order; a moment is marked once. */
export function addMark(marks: readonly Mark[], timeNs: number): readonly Mark[] {
  return marks.some((mark) => mark.timeNs === timeNs) || marks.length >= MAX_MARKS
    ? marks
    : [...marks, { timeNs, note: '' }].sort((a, b) => a.timeNs - b.timeNs);
}

export function removeMark(marks: readonly Mark[], timeNs: number): readonly Mark[] {
  return marks.filter((mark) => mark.timeNs !== timeNs);
}

export function noteMark(marks: readonly Mark[], timeNs: number, note: string): readonly Mark[] {
  return marks.map((mark) => (mark.timeNs === timeNs ? { timeNs, note } : mark));
}

/** The marks in view, in CSS pixels from the left. */
export function layOutMarks(
  marks: readonly Mark[],
  { startNs, endNs }: TimeRange,
  width: number,
): readonly { readonly x: number; readonly note: string }[] {
  return marks
    .filter(({ timeNs }) => timeNs >= startNs && timeNs <= endNs)
    .map(({ timeNs, note }) => ({ x: ((timeNs - startNs) / (endNs - startNs)) * width, note }));
}
