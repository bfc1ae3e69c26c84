import { chromeTrace } from '../core/export/chrome-trace.ts';
import { csvOf } from '../core/export/tables.ts';
import type { Analysis } from '../core/model/tables.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { readReportProgram, reportPage } from '../files/report-page.ts';
import type { WorkerExport } from '../protocol/export-schemas.ts';

/** They lie beside the bundle of the worker. */
const BUNDLES = new URL('.', import.meta.url);

/** Writes what is made of the tables to files; each write can be ended by its id. */
export class Exports {
  readonly #running = new Map<number, AbortController>();

  /** The size of the file in bytes. */
  async write(
    analysis: Analysis,
    { id, path, wish }: { readonly id: number; readonly path: string; readonly wish: WorkerExport },
  ): Promise<number> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      return await writeAtomically(path, await piecesOf(analysis, wish), controller.signal);
    } finally {
      this.#running.delete(id);
    }
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort();
  }
}

async function piecesOf(
  analysis: Analysis,
  wish: WorkerExport,
): Promise<Iterable<string | Uint8Array>> {
  switch (wish.kind) {
    case 'html':
      return await reportPage(analysis, await readReportProgram(BUNDLES));
    case 'csv':
      return csvOf(wish.table, analysis);
    case 'chrome':
      return chromeTrace(analysis, wish);
  }
}
