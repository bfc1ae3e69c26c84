import type { HealthLevel, HealthNote } from '../model/report.ts';

/** A note with how bad it makes the trace. */
export type Graded = HealthNote & { readonly level: HealthLevel };

export function note(id: string, count: number, level: HealthLevel, text: string): Graded {
  return { id, count, level, text };
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
