import * as vscode from 'vscode';
import { dirname } from 'node:path';
import { matchPath, pathSegments } from '../../core/source/match-path.ts';
import type {
  LocationHow,
  SourceCandidates,
  SourceLocation,
} from '../../core/model/source-candidate.ts';
import { isNotebookFile } from '../../core/model/python-frame.ts';
import type { CodeUnit } from '../../core/model/code-unit.ts';
import type { Certainty } from '../../core/source/find-call.ts';
import type { FollowedLine, LineState } from '../../core/source/line-differences.ts';
import { isCellOf, locate, locateLine, type LocatedLine } from '../../core/source/locate.ts';
import type { CodeUnits } from './code-units.ts';
import { SETTINGS } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { onDidChangeSetting } from '../settings.ts';
import type { AnnotationSites, FoundAnnotation } from './annotation-sites.ts';
import { placeOfPhase, type TrainingSites } from './training-sites.ts';
import type { Phase } from '../../core/model/phase.ts';
import type { EditLog } from './edit-log.ts';
import type { MovedLines } from './moved-lines.ts';
import type { RememberedPaths } from './remembered-paths.ts';
import { isAllowed, isFile, type WorkspaceFiles } from './workspace-files.ts';

/** A line of a file that is here. */
export interface ResolvedPlace {
  readonly path: string;
  /** From 1, moved by what was typed since; may lie past the end of the file as it is now. */
  readonly line: number;
  /** What became of the line since the run: of `changed` and `gone`, `line` is only where it was. */
  readonly state: LineState;
  readonly how: LocationHow;
  /** `sure` only where one line alone fits. */
  readonly certainty: Certainty;
  /** Of a notebook, the index among all its cells, in which `line` counts; null for a file. */
  readonly cell: number | null;
  /** Whether only the function in which it happened is known, of which `line` is the first. */
  readonly isFunction: boolean;
  /** The path as recorded, or the annotation's name: the key of a remembered answer. */
  readonly key: string;
  /** What is remembered under the key if the user chooses this place. */
  readonly answer: string;
}

/** The place, where there is one alone: of several, to take one would be a guess. */
export function onlyPlace(places: readonly ResolvedPlace[]): ResolvedPlace | null {
  return places.length === 1 ? (places[0] ?? null) : null;
}

/** Code of libraries: recorded frames go through it, but nobody trains there. */
const LIBRARY_FOLDERS: readonly string[] = ['site-packages', 'dist-packages'];

/** What is known of the Python files of the workspace. */
export interface CodeIndexes {
  readonly annotations: AnnotationSites;
  readonly loops: TrainingSites;
  readonly units: CodeUnits;
}

/** Code that a location can mean. */
interface FoundCode {
  readonly path: string;
  /** Null where it could not be read, or need not be. */
  readonly unit: CodeUnit | null;
  readonly lines: readonly LocatedLine[];
}

/** Finds the lines that a trace names among the files of the workspace and beside the trace. */
export class SourceResolver implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;

  /** The same candidates may lead elsewhere now: files, answers or the source map have changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly files: WorkspaceFiles,
    private readonly code: CodeIndexes,
    private readonly remembered: RememberedPaths,
    private readonly edits: EditLog,
    readonly moved: MovedLines,
  ) {
    this.#subscriptions = vscode.Disposable.from(
      moved.onDidChange(() => this.#changed.fire()),
      files.onDidChange(() => this.#changed.fire()),
      onDidChangeSetting(SETTINGS.sourceMap, () => this.#changed.fire()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** The places of the best candidate that is here; several where names alone cannot tell. */
  async resolve(candidates: SourceCandidates, run: TrainingRun): Promise<readonly ResolvedPlace[]> {
    for (const location of candidates.locations) {
      const places = await this.resolveLocation(location, run);
      if (places.length > 0) {
        return places;
      }
    }
    for (const name of candidates.annotations) {
      const places = await this.resolveAnnotation(name);
      if (places.length > 0) {
        return places;
      }
    }
    const { phase = null } = candidates;
    return phase === null ? [] : await this.resolvePhase(phase, run);
  }

  /** The lines of a phase in the training loops that the run can be of, by the structure of the code alone. */
  async resolvePhase(phase: Phase, run: TrainingRun): Promise<readonly ResolvedPlace[]> {
    const { name, folder } = run.group;
    const key = `structure:${dirname(folder)}`;
    const found = await this.code.loops.find({ name, folder });
    const places = found.flatMap((loop) => {
      const place = placeOfPhase(loop, phase);
      return place === null
        ? []
        : [{ path: loop.path, ...place, answer: `${loop.path}#${found.indexOf(loop)}` }];
    });
    const answer = this.remembered.find(key);
    const chosen = places.filter((place) => place.answer === answer);
    return (chosen.length > 0 ? chosen : places).map((place) => ({
      ...place,
      line: this.#followFromDisk(place),
      state: 'same',
      how: 'structure',
      certainty: 'likely',
      isFunction: false,
      key,
    }));
  }

  async resolveLocation(
    location: SourceLocation,
    run: TrainingRun,
  ): Promise<readonly ResolvedPlace[]> {
    const found = await this.#findCode(location, run);
    const places = await Promise.all(
      found.flatMap(({ path, unit, lines }) =>
        lines.map(async (line) => ({
          path,
          ...(await this.#follow(line, location, { path, cell: unit?.cell ?? null }, run)),
          how: location.how,
          certainty: found.length === 1 ? line.certainty : 'likely',
          cell: unit?.cell ?? null,
          isFunction: location.call !== undefined && !line.isCall,
          key: location.file,
          answer: path,
        })),
      ),
    );
    return places;
  }

  /** What is typed into the cells of a notebook is not followed. */
  #followFromDisk({ path, line, cell }: FoundAnnotation): number {
    return cell === null ? this.edits.followFromDisk(path, line) : line;
  }

  /** Where a line of the code on disk is now. */
  async #follow(
    { line, isExact }: LocatedLine,
    location: SourceLocation,
    { path, cell }: { readonly path: string; readonly cell: number | null },
    run: TrainingRun,
  ): Promise<FollowedLine> {
    if (cell !== null) {
      return { line, state: 'same' };
    }
    return isExact
      ? await this.moved.follow(run, { ...location, line }, path)
      : { line: this.edits.followFromDisk(path, line), state: 'moved' };
  }

  /** The files that a location can mean, with the lines in them; by content where several have the name. */
  async #findCode(location: SourceLocation, run: TrainingRun): Promise<readonly FoundCode[]> {
    if (isNotebookFile(location.file)) {
      return await this.#findCells(location);
    }
    const paths = await this.findFiles(location, run);
    const found = await Promise.all(
      paths.map(async (path): Promise<FoundCode[]> => {
        if (location.function === undefined) {
          const lineCount = await this.code.units.countLines(path);
          return [{ path, unit: null, lines: locateLine(location.line, lineCount ?? 0) ?? [] }];
        }
        const [unit] = await this.code.units.read(path);
        const lines = unit === undefined ? null : locate(unit, location);
        const isOther = lines === null && unit !== undefined;
        return isOther ? [] : [{ path, unit: unit ?? null, lines: lines ?? [] }];
      }),
    );
    const verified = found.flat().filter(({ lines }) => lines.length > 0);
    return verified.length > 0
      ? verified
      : found.flat().map((code) => ({ ...code, lines: [unverified(location)] }));
  }

  /** The cells whose text the kernel named, whatever the notebook is called. */
  async #findCells(location: SourceLocation): Promise<readonly FoundCode[]> {
    const found: FoundCode[] = [];
    for (const path of await this.files.findNotebooks()) {
      for (const unit of await this.code.units.read(path)) {
        const lines = isCellOf(location.file, unit) ? locate(unit, location) : null;
        if (lines !== null) {
          found.push({ path, unit, lines });
        }
      }
    }
    return found;
  }

  async resolveAnnotation(name: string): Promise<readonly ResolvedPlace[]> {
    const key = annotationKey(name);
    const found = await this.code.annotations.find(name);
    const answer = this.remembered.find(key);
    const chosen = found.filter((site) => siteAnswer(site, found) === answer);
    const sites = chosen.length > 0 ? chosen : found;
    return sites.map((site) => ({
      ...site,
      line: this.#followFromDisk(site),
      state: 'same',
      how: 'annotation',
      certainty: sites.length === 1 ? 'sure' : 'likely',
      isFunction: false,
      key,
      answer: siteAnswer(site, found),
    }));
  }

  /** Keeps the user's choice among several places. */
  async remember({ key, answer, how }: ResolvedPlace): Promise<void> {
    await (how === 'recorded' || how === 'stack'
      ? this.remembered.rememberPath(key, answer)
      : this.remembered.remember(key, answer));
    this.#changed.fire();
  }

  /** The files that a recorded path may mean. */
  async findFiles(location: SourceLocation, run: TrainingRun): Promise<readonly string[]> {
    if (isLibraryCode(location.file)) {
      return [];
    }
    const traceFolder = dirname(run.group.files[0]?.path ?? run.group.folder);
    const answer = this.remembered.find(location.file);
    if (answer !== null && isAllowed(answer, traceFolder) && (await isFile(answer))) {
      return [answer];
    }
    const candidates = await this.files.findByName(location.file, traceFolder);
    const allowed = candidates.filter((path) => isAllowed(path, traceFolder));
    const { best, sharedSegments } = matchPath(location.file, allowed);
    return isTrusted(location, sharedSegments) ? best : [];
  }
}

/** What could not be read is taken at its word, but never as sure. */
function unverified({ line, call }: SourceLocation): LocatedLine {
  return { line, column: null, certainty: 'likely', isCall: call === undefined, isExact: true };
}

function annotationKey(name: string): string {
  return `annotation:${name}`;
}

/** The file, and which of the calls in it that fit; lines move with every edit above them. */
function siteAnswer(site: FoundAnnotation, found: readonly FoundAnnotation[]): string {
  const inFile = found.filter(({ path }) => path === site.path);
  return `${site.path}#${inFile.indexOf(site)}`;
}

function isLibraryCode(file: string): boolean {
  return (
    file.startsWith('<') ||
    pathSegments(file, false).some(
      (segment) => LIBRARY_FOLDERS.includes(segment) || /^python3(\.\d+)?$/.test(segment),
    )
  );
}

/** A frame of `torch/nn/modules/module.py` is not the workspace's own `module.py`. */
function isTrusted({ file, how }: SourceLocation, sharedSegments: number): boolean {
  const isRelative = !/^([\\/]|[a-z]:)/i.test(file);
  const needed = how === 'stack' && isRelative ? Math.min(2, pathSegments(file, false).length) : 1;
  return sharedSegments >= needed;
}
