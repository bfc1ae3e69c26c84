import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { generalizeAnswer, mapPath } from '../../core/source/path-map.ts';
import { readSourceMap, writeSourceMap } from '../settings.ts';

const STORAGE_KEY = 'sourceAnswers';

/** Which file of the workspace a recorded path means: as set by the user, or as answered before. */
export class RememberedPaths {
  constructor(private readonly storage: vscode.Memento) {}

  /** The path, not checked to exist; null where nobody said. */
  find(recorded: string): string | null {
    const set = mapPath(recorded, readSourceMap());
    return set === null ? (this.#answers()[recorded] ?? null) : inWorkspace(set.to);
  }

  /** Which of several calls names a span, which only this workspace can tell. */
  async remember(key: string, answer: string): Promise<void> {
    await this.storage.update(STORAGE_KEY, { ...this.#answers(), [key]: answer });
  }

  /** Which file a recorded path means: a folder of the setting, where the user can change it. */
  async rememberPath(recorded: string, path: string): Promise<void> {
    const folder = workspaceFolder();
    if (folder === undefined) {
      await this.remember(recorded, path);
      return;
    }
    const inside = relative(folder, path);
    const local = inside.startsWith('..') ? path : inside.split(sep).join('/');
    const { from, to } = generalizeAnswer(recorded, local);
    const isAbsoluteAnswer = isAbsolute(local);
    await writeSourceMap(isAbsoluteAnswer ? new Map([[recorded, local]]) : new Map([[from, to]]));
  }

  #answers(): Readonly<Record<string, string>> {
    return this.storage.get<Record<string, string>>(STORAGE_KEY, {});
  }
}

function inWorkspace(path: string): string {
  const folder = workspaceFolder();
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

function workspaceFolder(): string | undefined {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
}
