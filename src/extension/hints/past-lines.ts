import type { ComparableRun } from '../../core/hints/line-trend.ts';
import type { Report } from '../../core/model/report.ts';

/** Runs before the shown one that are looked up. */
const MAX_RECALLED = 12;

/** What is asked of a run. */
export interface PastRun {
  readonly id: string;
  readonly group: { readonly name: string };
  readonly modifiedMs: number;
  readonly analyzed: { readonly report: Pick<Report, 'lines'> } | null;
}

interface Recalled {
  readonly modifiedMs: number;
  readonly lines: Report['lines'] | null;
}

/** What lines took in other runs: those analyzed since VS Code was started, and those kept from before. */
export class PastLines<R extends PastRun> {
  readonly #recalledById = new Map<string, Recalled>();

  constructor(private readonly recallLines: (run: R) => Promise<Report['lines'] | null>) {}

  /** Looks up the last runs before one, each once as long as its files stay as they are. */
  async recall(shown: R, runs: readonly R[]): Promise<void> {
    const before = runs
      .filter(({ analyzed, modifiedMs }) => analyzed === null && modifiedMs <= shown.modifiedMs)
      .sort((a, b) => b.modifiedMs - a.modifiedMs)
      .slice(0, MAX_RECALLED);
    const unknown = before.filter(
      ({ id, modifiedMs }) => this.#recalledById.get(id)?.modifiedMs !== modifiedMs,
    );
    await Promise.all(
      unknown.map(async (run) => {
        const { id, modifiedMs } = run;
        this.#recalledById.set(id, { modifiedMs, lines: null });
        this.#recalledById.set(id, { modifiedMs, lines: await this.recallLines(run) });
      }),
    );
  }

  /** Of these runs, those of which lines are known. */
  known(runs: readonly R[]): readonly ComparableRun[] {
    return runs.flatMap(({ id, group: { name }, modifiedMs, analyzed }) => {
      const recalled = this.#recalledById.get(id);
      const kept = recalled?.modifiedMs === modifiedMs ? recalled.lines : null;
      const lines = analyzed?.report.lines ?? kept;
      return lines === null ? [] : [{ id, name, modifiedMs, report: { lines } }];
    });
  }
}
