import * as vscode from 'vscode';
import { LineTable, type Placed } from '../../core/hints/line-table.ts';
import type { Finding, LineCost, StepTime } from '../../core/model/report.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { EditLog } from '../source/edit-log.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { ResolvedPlace, SourceResolver } from '../source/source-resolver.ts';
import { documentKey, keyOfDocument } from '../source/code-units.ts';

/** Analyses of a run that trains come more often than anybody reads. */
const PAUSE_MS = 1_000;

type Item =
  | {
      readonly kind: 'cost';
      readonly how: ResolvedPlace['how'];
      readonly state: ResolvedPlace['state'];
      readonly cost: LineCost;
    }
  | { readonly kind: 'finding'; readonly index: number; readonly finding: Finding };

/** What the shown run says of one line of a file. */
export interface ShownLine {
  /** From 1, within the document. */
  readonly line: number;
  readonly how: ResolvedPlace['how'];
  /** Of a line that is `changed`, what is said was measured of another text. */
  readonly state: ResolvedPlace['state'];
  /** The dearest first; at least one. */
  readonly costs: readonly LineCost[];
  readonly findings: readonly { readonly index: number; readonly finding: Finding }[];
}

/** The analysis that lines are of. */
export interface ShownAnalysis {
  readonly run: TrainingRun;
  readonly generation: number;
  readonly stepTime: StepTime | null;
}

interface Shown extends ShownAnalysis {
  readonly table: LineTable<Item>;
}

/**
 * The lines of the shown run by file. They are looked up once for each analysis, and again where files came or
 * went; until that is done, what was found before stays, so that nothing flickers. Of a run of which nothing is
 * shown yet, the lines that it names are there before those that all Python files are looked through for.
 */
export class ShownLines implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #shown: Shown | null = null;
  #finding: Promise<void> | null = null;
  #isOutdated = false;
  #isDisposed = false;
  #foundAtMs = -Infinity;
  #endPause: (() => void) | null = null;

  /** Other lines, or others at them; at most once a second while a run trains. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly resolver: SourceResolver,
    private readonly edits: EditLog,
  ) {
    this.#subscription = vscode.Disposable.from(
      store.onDidChangeShown((run) => this.#look(run)),
      resolver.onDidChange(() => this.#look(store.shown)),
    );
    this.#look(store.shown);
  }

  /** The analysis whose lines {@link read} gives; null where none is shown. */
  get analysis(): ShownAnalysis | null {
    return this.#shown;
  }

  /** The files that have lines. */
  get paths(): readonly string[] {
    return this.#shown?.table.paths ?? [];
  }

  /** In ascending order, where they stand after what was typed; a line that the file does not have is none. */
  read(document: vscode.TextDocument): readonly ShownLine[] {
    const key = keyOfDocument(document);
    if (this.#shown === null || key === null) {
      return [];
    }
    const lines = this.#shown.table.read(key);
    return lines.flatMap(({ line, items }) =>
      line >= 1 && line <= document.lineCount ? toShownLine(line, items) : [],
    );
  }

  /** Until the lines of what is shown now are found. */
  async settle(): Promise<void> {
    this.#endPause?.();
    await this.#finding;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#endPause?.();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #look(run: TrainingRun | null): void {
    if (run !== this.#shown?.run) {
      this.#endPause?.();
    }
    if (run === null) {
      this.#replace(null);
      return;
    }
    this.#isOutdated = true;
    this.#finding ??= this.#findAll().finally(() => {
      this.#finding = null;
    });
  }

  /** One search at a time; what changes meanwhile is looked at in the next. */
  async #findAll(): Promise<void> {
    while (this.#isOutdated && !this.#isDisposed) {
      await this.#pause();
      this.#isOutdated = false;
      const run = this.store.shown;
      const shown = run === null ? null : await this.#find(run);
      if (run === this.store.shown) {
        this.#foundAtMs = Date.now();
        this.#replace(shown);
      }
    }
  }

  async #pause(): Promise<void> {
    const waitMs = this.#foundAtMs + PAUSE_MS - Date.now();
    if (waitMs <= 0 || this.store.shown !== this.#shown?.run) {
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endPause = null;
  }

  #replace(shown: Shown | null): void {
    if (this.#isDisposed || (shown === null && this.#shown === null)) {
      return;
    }
    this.#shown = shown;
    this.#changed.fire();
  }

  async #find(run: TrainingRun): Promise<Shown | null> {
    const { analyzed } = run;
    if (analyzed === null) {
      return null;
    }
    const { report, generation } = analyzed;
    const toShown = (placed: readonly Placed<Item>[][]): Shown => ({
      ...{ run, generation, stepTime: report.stepTime },
      table: new LineTable(placed.flat(), this.edits),
    });
    const isLocated = ({ location }: LineCost): boolean => location !== null;
    const located = await this.#placeCosts(report.lines.filter(isLocated), run);
    if (this.#shown?.run !== run && this.store.shown === run) {
      this.#replace(toShown(located));
    }
    const named = await this.#placeCosts(
      report.lines.filter((line) => !isLocated(line)),
      run,
    );
    const inferred = named.some((places) => places.length > 0)
      ? []
      : await this.#placePhases(report.phaseCosts ?? [], run);
    const findings = await this.#placeFindings(report.findings, run);
    return toShown([...located, ...named, ...inferred, ...findings]);
  }

  async #placeCosts(costs: readonly LineCost[], run: TrainingRun): Promise<Placed<Item>[][]> {
    return await Promise.all(costs.map(async (cost) => await this.#placeCost(cost, run)));
  }

  async #placePhases(costs: readonly LineCost[], run: TrainingRun): Promise<Placed<Item>[][]> {
    return await Promise.all(
      costs.map(async (cost) => {
        const places = await this.resolver.resolvePhase(cost.phase, run);
        return this.#placed(places, ({ how, state }) => ({ kind: 'cost', how, state, cost }));
      }),
    );
  }

  async #placeFindings(findings: readonly Finding[], run: TrainingRun): Promise<Placed<Item>[][]> {
    return await Promise.all(
      findings.map(async (finding, index) =>
        this.#placed(await this.resolver.resolve(candidatesOf(finding), run), () => ({
          kind: 'finding',
          index,
          finding,
        })),
      ),
    );
  }

  async #placeCost(cost: LineCost, run: TrainingRun): Promise<Placed<Item>[]> {
    const places =
      cost.location === null
        ? await this.resolver.resolveAnnotation(cost.name)
        : await this.resolver.resolveLocation(cost.location, run);
    return this.#placed(places, ({ how, state }) => ({ kind: 'cost', how, state, cost }));
  }

  /** Where several places match, each would be a guess; where the line is gone, another would bear its costs. */
  #placed(
    places: readonly ResolvedPlace[],
    toItem: (place: ResolvedPlace) => Item,
  ): Placed<Item>[] {
    const [only] = places;
    return places.length !== 1 || only === undefined || only.state === 'gone' || only.isFunction
      ? []
      : [
          {
            path: documentKey(only.path, only.cell),
            line: only.line,
            mark: this.edits.countOf(only.path),
            item: toItem(only),
          },
        ];
  }
}

function toShownLine(line: number, items: readonly Item[]): ShownLine[] {
  const costs = items.filter((item) => item.kind === 'cost');
  const findings = items.filter((item) => item.kind === 'finding');
  const [first] = costs;
  return first === undefined
    ? []
    : [
        {
          line,
          how: first.how,
          state: costs.find(({ state }) => state === 'changed')?.state ?? first.state,
          costs: costs.map(({ cost }) => cost).sort((a, b) => b.perStep.meanNs - a.perStep.meanNs),
          findings,
        },
      ];
}
