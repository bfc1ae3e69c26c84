import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import type { Evidence } from '../../core/model/report.ts';
import { loaderAt } from '../../core/source/data-loaders.ts';
import { openScript } from '../source/open-document.ts';
import { parseDocument } from '../source/parsed-documents.ts';
import { onlyPlace, type ResolvedPlace, type SourceResolver } from '../source/source-resolver.ts';
import { type PlacedFinding, tracePathOf } from './finding-places.ts';

/** More places of one sort tell no more. */
const MAX_OF_A_SORT = 3;

interface RelatedPlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The other places that a finding leads to: where its wait shows, where the loader is made, the trace. */
export async function relateFinding(
  placed: PlacedFinding,
  all: readonly PlacedFinding[],
  resolver: SourceResolver,
): Promise<readonly vscode.DiagnosticRelatedInformation[]> {
  const related: RelatedPlace[] = [
    ...placed.guesses.slice(0, 2 * MAX_OF_A_SORT).map(guessed),
    ...(await loaderOf(placed)),
    ...(await linesOfEvidence(placed, resolver)),
    ...findingsBeside(placed, all),
    ...traceOf(placed),
  ];
  const seen = new Set([`${placed.path}:${placed.line}`]);
  const distinct = related.filter(({ path, line }) => {
    const key = `${path}:${line}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
  return await Promise.all(distinct.map(toInformation));
}

async function toInformation({
  path,
  line,
  message,
}: RelatedPlace): Promise<vscode.DiagnosticRelatedInformation> {
  const document = await openScript(path);
  const row = document === null ? 0 : Math.min(Math.max(line, 1), document.lineCount) - 1;
  const range = document === null ? new vscode.Range(0, 0, 0, 0) : document.lineAt(row).range;
  return new vscode.DiagnosticRelatedInformation(
    new vscode.Location(vscode.Uri.file(path), range),
    message,
  );
}

function guessed({ path, line, state }: ResolvedPlace): RelatedPlace {
  const message =
    state === 'gone'
      ? vscode.l10n.t('The line stood here when the run was recorded.')
      : vscode.l10n.t('One of the lines that fit.');
  return { path, line, message };
}

/** Of findings about data: where the loader is made. */
async function loaderOf({ finding, place }: PlacedFinding): Promise<readonly RelatedPlace[]> {
  const document = finding.layer === 'data' && place !== null ? await openScript(place.path) : null;
  if (document === null || place === null) {
    return [];
  }
  const code = parseDocument(document);
  const loader = loaderAt(code, place.line);
  return loader === null
    ? []
    : [
        {
          path: place.path,
          line: code.lineOf(loader.from),
          message: vscode.l10n.t('The loader is made here.'),
        },
      ];
}

/** Lines that the report knows of spans that the finding rests on, and annotations around them. */
async function linesOfEvidence(
  { run, finding }: PlacedFinding,
  resolver: SourceResolver,
): Promise<readonly RelatedPlace[]> {
  const longest = new Map<string, Evidence>();
  for (const one of finding.evidence) {
    if ((longest.get(one.name)?.durationNs ?? -1) < one.durationNs) {
      longest.set(one.name, one);
    }
  }
  const found: RelatedPlace[] = [];
  for (const { name, location } of run.analyzed?.report.lines ?? []) {
    const evidence = longest.get(name);
    if (evidence !== undefined && location !== null) {
      const places = await resolver.resolveLocation(location, run);
      found.push(...only(places, describeEvidence(evidence)));
    }
  }
  for (const name of finding.annotations) {
    const places = await resolver.resolveAnnotation(name);
    found.push(...only(places, vscode.l10n.t('It is within “{0}”.', name)));
  }
  return found.slice(0, MAX_OF_A_SORT);
}

function only(places: readonly ResolvedPlace[], message: string): readonly RelatedPlace[] {
  const place = onlyPlace(places);
  return place === null || place.state === 'gone'
    ? []
    : [{ path: place.path, line: place.line, message }];
}

function describeEvidence({ name, durationNs, rank, step }: Evidence): string {
  const duration = formatDuration(durationNs);
  return step === null
    ? vscode.l10n.t('“{0}” takes {1} on rank {2}.', name, duration, rank)
    : vscode.l10n.t('“{0}” takes {1} in step {2} of rank {3}.', name, duration, step, rank);
}

/** Other findings about the same layer, at their own lines: the slow stage behind a wait. */
function findingsBeside(
  placed: PlacedFinding,
  all: readonly PlacedFinding[],
): readonly RelatedPlace[] {
  return all
    .filter(({ finding, place }) => place !== null && finding.layer === placed.finding.layer)
    .slice(0, MAX_OF_A_SORT)
    .map(({ finding, path, line }) => ({ path, line, message: finding.title }));
}

/** The file that shows it, and where in the run it is longest. */
function traceOf({ run, finding }: PlacedFinding): readonly RelatedPlace[] {
  const first = finding.evidence.at(0);
  const path = tracePathOf(finding, run);
  const message = vscode.l10n.t('The run that shows it.');
  return [
    {
      path,
      line: 1,
      message: first === undefined ? message : `${message} ${describeEvidence(first)}`,
    },
  ];
}
