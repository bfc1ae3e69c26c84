import type * as vscode from 'vscode';
import type { Finding } from '../../core/model/report.ts';
import type { SourceLocation } from '../../core/model/source-candidate.ts';
import { fixesFor, type OfferedFix } from '../../core/source/fixes/offer-fixes.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import { openScript } from '../source/open-document.ts';
import { parseDocument } from '../source/parsed-documents.ts';
import { onlyPlace, type SourceResolver } from '../source/source-resolver.ts';

/** A fix, and the script that it edits. */
export interface LocatedFix {
  readonly document: vscode.TextDocument;
  readonly fix: OfferedFix;
}

/** Other scripts of a run that are looked at where that of the finding has nothing to edit. */
const MAX_OTHER_SCRIPTS = 8;

/** Finds edits that answer findings in the scripts that a run leads to. */
export class FindingFixes {
  constructor(private readonly resolver: SourceResolver) {}

  /** What can be edited for a finding: in its own script, else in another one of the run. */
  async find(run: TrainingRun, finding: Finding): Promise<readonly LocatedFix[]> {
    const places = await this.resolver.resolve(candidatesOf(finding), run);
    const place = onlyPlace(places);
    const own =
      place === null
        ? []
        : await fixesAt(place.path, place.state === 'gone' ? 1 : place.line, finding);
    if (own.some(hasEdits)) {
      return own;
    }
    for (const path of await this.#scriptsOf(run)) {
      const found = place?.path === path ? [] : await fixesAt(path, 1, finding);
      if (found.some(hasEdits)) {
        return [...found, ...own];
      }
    }
    return own;
  }

  /** The loader is often made elsewhere than its data are prepared. */
  async #scriptsOf(run: TrainingRun): Promise<readonly string[]> {
    const report = run.analyzed?.report;
    const locations = new Map<string, SourceLocation>();
    for (const { location } of [...(report?.findings ?? []), ...(report?.lines ?? [])]) {
      if (location !== null) {
        locations.set(location.file, location);
      }
    }
    const paths = new Set<string>();
    for (const location of [...locations.values()].slice(0, MAX_OTHER_SCRIPTS)) {
      const place = onlyPlace(await this.resolver.resolveLocation(location, run));
      if (place !== null) {
        paths.add(place.path);
      }
    }
    return [...paths];
  }
}

function hasEdits({ fix }: LocatedFix): boolean {
  return fix.edits.length > 0;
}

async function fixesAt(
  path: string,
  line: number,
  finding: Finding,
): Promise<readonly LocatedFix[]> {
  const document = await openScript(path);
  return document === null
    ? []
    : fixesFor(parseDocument(document), { line }, finding).map((fix) => ({ document, fix }));
}
