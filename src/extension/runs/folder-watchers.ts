import * as vscode from 'vscode';

/** A run of many thousand folders is not watched in each of them. */
const MAX_FOLDERS = 512;

/** A watcher for each folder that is wanted, let go when it is not wanted any more. */
export class FolderWatchers {
  readonly #watchers = new Map<string, vscode.Disposable>();

  constructor(private readonly start: (pattern: vscode.RelativePattern) => vscode.Disposable) {}

  /** Watches exactly these folders. */
  watch(folders: readonly string[]): void {
    const wanted = new Set([...new Set(folders)].slice(0, MAX_FOLDERS));
    for (const [folder, watcher] of this.#watchers) {
      if (!wanted.has(folder)) {
        watcher.dispose();
        this.#watchers.delete(folder);
      }
    }
    for (const folder of wanted) {
      if (!this.#watchers.has(folder)) {
        const pattern = new vscode.RelativePattern(
          vscode.Uri.file(folder),
          '*.{json,json.gz,json.zip,json.zst,jsonl,sqlite}',
        );
        this.#watchers.set(folder, this.start(pattern));
      }
    }
  }
}
