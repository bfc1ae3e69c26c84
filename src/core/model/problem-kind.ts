import type { Problem } from './trace.ts';

/** Whether such a problem is at no byte: it is one of the whole file. */
export function isOfWholeFile(kind: Problem['kind']): boolean {
  return ['remark', 'left-out', 'unreadable', 'limited'].includes(kind);
}

/** Whether the notes of the health tell it in words of their own. */
export function isInNotes(kind: Problem['kind']): boolean {
  return isOfWholeFile(kind) && kind !== 'remark';
}
