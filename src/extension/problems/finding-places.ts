import type { Finding } from '../../core/model/report.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import { onlyPlace, type ResolvedPlace, type SourceResolver } from '../source/source-resolver.ts';

/** A finding, and where it is shown. */
export interface PlacedFinding {
  readonly run: TrainingRun;
  readonly finding: Finding;
  /** Findings of the same kind at the same place, such as of other ranks; shown as one problem. */
  readonly alike: readonly Finding[];
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Null where it is shown at the trace file, as no line of it is known. */
  readonly place: ResolvedPlace | null;
  /** All lines that fit, where one of them would be a guess, or where the one that is gone was. */
  readonly guesses: readonly ResolvedPlace[];
}

/** Where the findings of a run are shown, in their order: one problem of a kind a place. */
export async function placeFindings(
  run: TrainingRun,
  resolver: SourceResolver,
): Promise<readonly PlacedFinding[]> {
  const byPlace = new Map<string, PlacedFinding>();
  for (const finding of run.analyzed?.report.findings ?? []) {
    const placed = await placeFinding(finding, run, resolver);
    const key = `${finding.id} ${placed.path}:${placed.line}`;
    const known = byPlace.get(key);
    byPlace.set(key, known === undefined ? placed : { ...known, alike: [...known.alike, finding] });
  }
  return [...byPlace.values()];
}

async function placeFinding(
  finding: Finding,
  run: TrainingRun,
  resolver: SourceResolver,
): Promise<PlacedFinding> {
  const places = await resolver.resolve(candidatesOf(finding), run);
  const only = onlyPlace(places);
  return only !== null && only.state !== 'gone'
    ? { run, finding, alike: [], path: only.path, line: only.line, place: only, guesses: [] }
    : {
        run,
        finding,
        alike: [],
        path: tracePathOf(finding, run),
        line: 1,
        place: null,
        guesses: places,
      };
}

/** The file of the rank that shows it. */
export function tracePathOf({ ranks, evidence }: Finding, { group }: TrainingRun): string {
  const rank = evidence.at(0)?.rank ?? ranks.at(0);
  const file = group.files.find((one) => one.rank === rank) ?? group.files.at(0);
  return file?.path ?? group.folder;
}
