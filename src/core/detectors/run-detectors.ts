import type { RunDerived } from '../derived/run-derived.ts';
import type { Report } from '../model/report.ts';
import { isWithoutTimeline } from '../model/run.ts';
import type { Detector } from './detector.ts';
import type { FindingDraft } from './finding-draft.ts';
import { type DetectorOptions, valuesOf } from './registry.ts';

export interface Detected {
  readonly drafts: readonly { readonly id: string; readonly draft: FindingDraft }[];
  readonly failures: Report['failures'];
}

/** Those that need nothing but how long steps and their parts take; the others need to see when. */
const OF_STEP_TIMES: ReadonlySet<string> = new Set([
  'checkpoint-stall',
  'data-stall',
  'data-tail',
  'logging-stall',
  'regression',
  'step-drift',
  'step-period',
  'step-tail',
  'validation-stall',
]);

/** Runs every detector that the files can answer; one that throws becomes a failure, and the others go on. */
export function runDetectors(
  detectors: readonly Detector[],
  tables: RunDerived,
  options: DetectorOptions,
): Detected {
  const drafts: { id: string; draft: FindingDraft }[] = [];
  const failures: { detector: string; message: string }[] = [];
  const hasNone = tables.ranks.every(({ trace }) => isWithoutTimeline(trace.meta.format));
  const asked = hasNone ? detectors.filter(({ id }) => OF_STEP_TIMES.has(id)) : detectors;
  for (const detector of asked) {
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
