import { stat } from 'node:fs/promises';
import type * as vscode from 'vscode';
import type { Finding, LineCost } from '../../core/model/report.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { ResolvedPlace, SourceResolver } from '../source/source-resolver.ts';

/** What the shown run says of one line of a file. */
export interface CostedLine {
  /** From 1, within the document. */
  readonly line: number;
  readonly how: ResolvedPlace['how'];
  /** The dearest first; at least one. */
  readonly costs: readonly LineCost[];
  /** Of the analysis that says so. */
  readonly generation: number;
  readonly findings: readonly { readonly index: number; readonly finding: Finding }[];
  /** The file was written after the run, so that lines may have moved. */
  readonly isOlderThanFile: boolean;
}

/** Joins the shown run with the file on screen; asked lazily, file by file. */
export class LineCosts {
  constructor(
    private readonly store: RunStore,
    private readonly resolver: SourceResolver,
  ) {}

  get shownRun(): TrainingRun | null {
    return this.store.shown;
  }

  async read(document: vscode.TextDocument): Promise<readonly CostedLine[]> {
    const run = this.store.shown;
    const analyzed = run?.analyzed ?? null;
    if (run === null || analyzed === null || document.uri.scheme !== 'file') {
      return [];
    }
    const path = document.uri.fsPath;
    const byLine = new Map<number, { how: ResolvedPlace['how']; costs: LineCost[] }>();
    for (const cost of analyzed.report.lines) {
      const place = await this.#placeIn(path, cost, run);
      if (place !== null) {
        const line = Math.min(Math.max(place.line, 1), document.lineCount);
        const entry = byLine.get(line) ?? { how: place.how, costs: [] };
        entry.costs.push(cost);
        byLine.set(line, entry);
      }
    }
    const findings = await this.#findingsIn(path, run, analyzed.report.findings);
    const isOlderThanFile = document.isDirty || (await isWrittenAfter(path, run.modifiedMs));
    return [...byLine].map(([line, { how, costs }]) => ({
      line,
      how,
      generation: analyzed.generation,
      costs: costs.sort((a, b) => b.perStep.p50Ns - a.perStep.p50Ns),
      findings: findings.filter((found) => found.line === line),
      isOlderThanFile,
    }));
  }

  /** Where a cost belongs in this file; null where it belongs elsewhere or cannot be told. */
  async #placeIn(path: string, cost: LineCost, run: TrainingRun): Promise<ResolvedPlace | null> {
    const places =
      cost.location === null
        ? await this.resolver.resolveAnnotation(cost.name)
        : await this.resolver.resolveLocation(cost.location, run);
    const [only] = places;
    return places.length === 1 && only?.path === path ? only : null;
  }

  async #findingsIn(
    path: string,
    run: TrainingRun,
    findings: readonly Finding[],
  ): Promise<readonly { index: number; finding: Finding; line: number }[]> {
    const found: { index: number; finding: Finding; line: number }[] = [];
    for (const [index, finding] of findings.entries()) {
      const places = await this.resolver.resolve(candidatesOf(finding), run);
      const [only] = places;
      if (places.length === 1 && only?.path === path) {
        found.push({ index, finding, line: only.line });
      }
    }
    return found;
  }
}

async function isWrittenAfter(path: string, timeMs: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs > timeMs;
  } catch {
    return false;
  }
}
