/** Whether a problem of this kind is at no byte: it is one of the whole file. */
export function isOfWholeFile(kind: string): boolean {
  return ['remark', 'left-out', 'unreadable', 'limited'].includes(kind);
}

/** Whether the notes of the health tell it in words of their own. */
export function isInNotes(kind: string): boolean {
  return isOfWholeFile(kind) && kind !== 'remark';
}
