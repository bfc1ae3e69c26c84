import * as vscode from 'vscode';
import type { AnnotationSite } from '../../core/model/code-unit.ts';
import { constantLength, matchesAnnotation } from '../../core/source/annotation-site.ts';
import type { RunStore } from '../runs/run-store.ts';
import { EXCLUDED_FOLDERS, type SourceChange, type WorkspaceFiles } from './workspace-files.ts';

/** More Python files than this are not looked through for annotations; the log says so. */
const MAX_SOURCES = 5_000;

export interface FoundAnnotation {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** The calls in the workspace's Python files that name spans; read by a worker, on first use. */
export class AnnotationSites implements vscode.Disposable {
  readonly #sitesByPath = new Map<string, readonly AnnotationSite[]>();
  readonly #unread = new Set<string>();
  readonly #subscription: vscode.Disposable;
  #isListed = false;
  #reading: Promise<void> | null = null;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
    files: WorkspaceFiles,
  ) {
    this.#subscription = files.onDidChange((change) => this.#note(change));
  }

  /** Where a span of this name can come from: the calls that share most of its text. */
  async find(name: string): Promise<readonly FoundAnnotation[]> {
    await this.#readNews();
    let longest = 0;
    let found: FoundAnnotation[] = [];
    for (const [path, sites] of this.#sitesByPath) {
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

  #note(change: SourceChange): void {
    if (change.kind === 'folders') {
      this.#isListed = false;
      this.#sitesByPath.clear();
    } else if (change.kind === 'written' && this.#isListed) {
      this.#unread.add(change.path);
    } else if (change.kind === 'deleted') {
      this.#unread.delete(change.path);
      this.#sitesByPath.delete(change.path);
    }
  }

  /** One reader at a time; who comes later waits for it, then looks again. */
  async #readNews(): Promise<void> {
    while (this.#reading !== null) {
      await this.#reading;
    }
    if (!this.#isListed || this.#unread.size > 0) {
      this.#reading = this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
  }

  async #read(): Promise<void> {
    if (!this.#isListed) {
      this.#isListed = true;
      for (const path of await this.#list()) {
        this.#unread.add(path);
      }
    }
    const paths = [...this.#unread];
    this.#unread.clear();
    if (paths.length === 0) {
      return;
    }
    const worker = this.store.startWorker(() => undefined);
    try {
      for (const { path, sites } of await worker.ask((remote) => remote.indexSources({ paths }))) {
        this.#sitesByPath.set(path, sites);
      }
    } finally {
      worker.dispose();
    }
  }

  async #list(): Promise<string[]> {
    const uris = await vscode.workspace.findFiles('**/*.py', EXCLUDED_FOLDERS, MAX_SOURCES);
    if (uris.length === MAX_SOURCES) {
      this.log.warn(`only ${MAX_SOURCES} Python files are looked through for annotations`);
    }
    return uris.map((uri) => uri.fsPath).sort();
  }
}
