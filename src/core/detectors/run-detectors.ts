import type { RunDerived } from '../derived/run-derived.ts';
import type { Report } from '../model/report.ts';
import { FLIGHT_RECORDER_FORMAT, isWithoutTimeline, NCCL_FORMAT } from '../model/run.ts';
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

/** All that files can tell that hold nothing but collectives. */
const OF_COLLECTIVES: ReadonlySet<string> = new Set(['collective-hang']);

/** All that files can tell that hold communication alone. */
const OF_COMMUNICATION: ReadonlySet<string> = new Set(['straggler']);

/** Runs every detector that the files can answer; one that throws becomes a failure, and the others go on. */
export function runDetectors(
  detectors: readonly Detector[],
  tables: RunDerived,
  options: DetectorOptions,
): Detected {
  const drafts: { id: string; draft: FindingDraft }[] = [];
  const failures: { detector: string; message: string }[] = [];
  const able = ableDetectors(tables);
  const asked = able === null ? detectors : detectors.filter(({ id }) => able.has(id));
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

/** Where all files tell little: the detectors that can use it; else null. */
function ableDetectors({ ranks }: RunDerived): ReadonlySet<string> | null {
  const formats = [...new Set(ranks.map(({ trace }) => trace.meta.format))];
  if (formats.every((format) => format === FLIGHT_RECORDER_FORMAT)) {
    return OF_COLLECTIVES;
  }
  if (formats.every((format) => format === NCCL_FORMAT)) {
    return OF_COMMUNICATION;
  }
  return formats.every(isWithoutTimeline) ? OF_STEP_TIMES : null;
}
