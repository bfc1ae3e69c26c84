import type { LineCost } from '../model/report.ts';
import type { RunDerived } from '../derived/run-derived.ts';

/** What lines, annotations and functions cost in a step. */
export function costLines(_run: RunDerived): LineCost[] {
  return [];
}
