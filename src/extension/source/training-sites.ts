import type * as vscode from 'vscode';
import type { Phase } from '../../core/model/phase.ts';
import type { LoopSites } from '../../core/source/loop-sites.ts';
import { narrowScripts, type RunTraits } from '../../core/source/narrow-loops.ts';
import type { CodePlace } from '../../core/source/python-source.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { WorkspaceFiles } from './workspace-files.ts';
import { WorkspaceIndex } from './workspace-index.ts';

/** More Python files and notebooks than this are not looked through for training loops; the log says so. */
const MAX_SOURCES = 2_000;

/** A recognized loop in a file of the workspace. */
export interface FoundLoop {
  readonly path: string;
  readonly loop: LoopSites;
}

/** The training loops of the workspace's Python files and notebooks. */
export class TrainingSites implements vscode.Disposable {
  readonly #index: WorkspaceIndex<LoopSites>;

  constructor(store: RunStore, log: vscode.LogOutputChannel, files: WorkspaceFiles) {
    this.#index = new WorkspaceIndex(store, log, {
      files,
      maxFiles: MAX_SOURCES,
      what: 'training loops',
      read: async (worker, paths) => {
        const read = await worker.ask((remote) => remote.indexLoops({ paths: [...paths] }));
        return read.map(({ path, loops }) => ({ path, items: loops }));
      },
    });
  }

  /** The loops that the run can be of: one where the trace tells which, else all. */
  async find(run: RunTraits): Promise<readonly FoundLoop[]> {
    const loopsByPath = await this.#index.read();
    return narrowScripts([...loopsByPath.keys()].sort(), run).flatMap((path) =>
      (loopsByPath.get(path) ?? []).map((loop) => ({ path, loop })),
    );
  }

  dispose(): void {
    this.#index.dispose();
  }
}

/** Where one loop can say the phase, its line. */
export function placeOfPhase({ loop }: FoundLoop, phase: Phase): CodePlace | null {
  const site = loop.phases.find((candidate) => candidate.phase === phase);
  return site === undefined ? null : { line: site.line, cell: site.cell };
}
