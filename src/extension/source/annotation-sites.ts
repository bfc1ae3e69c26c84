import type * as vscode from 'vscode';
import type { PlacedAnnotation } from '../../core/model/code-unit.ts';
import { constantLength, matchesAnnotation } from '../../core/source/annotation-site.ts';
import type { CodePlace } from '../../core/source/python-source.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { WorkspaceFiles } from './workspace-files.ts';
import { WorkspaceIndex } from './workspace-index.ts';

/** More Python files and notebooks than this are not looked through for annotations; the log says so. */
const MAX_SOURCES = 5_000;

export interface FoundAnnotation extends CodePlace {
  readonly path: string;
}

/** The calls in the workspace's Python files and notebooks that name spans. */
export class AnnotationSites implements vscode.Disposable {
  readonly #index: WorkspaceIndex<PlacedAnnotation>;

  constructor(store: RunStore, log: vscode.LogOutputChannel, files: WorkspaceFiles) {
    this.#index = new WorkspaceIndex(store, log, {
      files,
      maxFiles: MAX_SOURCES,
      what: 'annotations',
      read: async (worker, paths) => {
        const read = await worker.ask((remote) => remote.indexSources({ paths: [...paths] }));
        return read.map(({ path, sites }) => ({ path, items: sites }));
      },
    });
  }

  /** Where a span of this name can come from: the calls that share most of its text. */
  async find(name: string): Promise<readonly FoundAnnotation[]> {
    let longest = 0;
    let found: FoundAnnotation[] = [];
    for (const [path, sites] of await this.#index.read()) {
      for (const site of sites.filter((candidate) => matchesAnnotation(candidate, name))) {
        const length = constantLength(site);
        found = length > longest ? [] : found;
        longest = Math.max(longest, length);
        if (length === longest) {
          found.push({ path, line: site.line, cell: site.cell });
        }
      }
    }
    return found;
  }

  dispose(): void {
    this.#index.dispose();
  }
}
