import * as vscode from 'vscode';
import {
  type AnnotationSite,
  constantLength,
  matchesAnnotation,
} from '../../core/source/annotation-site.ts';
import type { RunStore } from '../runs/run-store.ts';
import { EXCLUDED_FOLDERS, type WorkspaceFiles } from './workspace-files.ts';

/** More Python files than this are not looked through for annotations; the log says so. */
const MAX_SOURCES = 5_000;

export interface FoundAnnotation {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

type IndexedFile = { readonly path: string; readonly sites: readonly AnnotationSite[] };

/** The calls in the workspace's Python files that name spans; read by a worker, on first use. */
export class AnnotationSites implements vscode.Disposable {
  #files: Promise<readonly IndexedFile[]> | null = null;
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
    files: WorkspaceFiles,
  ) {
    this.#subscription = files.onDidChange(() => {
      this.#files = null;
    });
  }

  /** Where a span of this name can come from: the calls that share most of its text. */
  async find(name: string): Promise<readonly FoundAnnotation[]> {
    this.#files ??= this.#index();
    let longest = 0;
    let found: FoundAnnotation[] = [];
    for (const { path, sites } of await this.#files) {
      for (const site of sites.filter((candidate) => matchesAnnotation(candidate, name))) {
        const length = constantLength(site);
        found = length > longest ? [] : found;
        longest = Math.max(longest, length);
        if (length === longest) {
          found.push({ path, line: site.line });
        }
      }
    }
    return found;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #index(): Promise<readonly IndexedFile[]> {
    const uris = await vscode.workspace.findFiles('**/*.py', EXCLUDED_FOLDERS, MAX_SOURCES);
    if (uris.length === MAX_SOURCES) {
      this.log.warn(`only ${MAX_SOURCES} Python files are looked through for annotations`);
    }
    const paths = uris.map((uri) => uri.fsPath).sort();
    const worker = this.store.startWorker(() => undefined);
    try {
      return await worker.ask((remote) => remote.indexSources({ paths }));
    } finally {
      worker.dispose();
    }
  }
}
