import type { RunDerived } from '../derived/run-derived.ts';
import type { Report } from '../model/report.ts';
import type { Detector } from './detector.ts';
import type { FindingDraft } from './finding-draft.ts';
import { type DetectorOptions, valuesOf } from './registry.ts';

export interface Detected {
  readonly drafts: readonly { readonly id: string; readonly draft: FindingDraft }[];
  readonly failures: Report['failures'];
}

/** Runs every detector; one that throws becomes a failure, and the others go on. */
export function runDetectors(
  detectors: readonly Detector[],
  tables: RunDerived,
  options: DetectorOptions,
): Detected {
  const drafts: { id: string; draft: FindingDraft }[] = [];
  const failures: { detector: string; message: string }[] = [];
  for (const detector of detectors) {
    try {
      const found = [...detector.detect(tables, valuesOf(detector, options))];
      drafts.push(...found.map((draft) => ({ id: detector.id, draft })));
    } catch (error) {
      failures.push({
        detector: detector.id,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { drafts, failures };
}
