import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { readSourceMap } from '../settings.ts';

const STORAGE_KEY = 'sourceAnswers';

/** Which file of the workspace a recorded path means: as set by the user, or as answered before. */
export class RememberedPaths {
  constructor(private readonly storage: vscode.Memento) {}

  /** The path, not checked to exist; null where nobody said. */
  find(recorded: string): string | null {
    return findInSetting(recorded) ?? this.#answers()[recorded] ?? null;
  }

  async remember(recorded: string, path: string): Promise<void> {
    await this.storage.update(STORAGE_KEY, { ...this.#answers(), [recorded]: path });
  }

  #answers(): Readonly<Record<string, string>> {
    return this.storage.get<Record<string, string>>(STORAGE_KEY, {});
  }
}

/** A key is a recorded file, or a folder whose files are all meant. */
function findInSetting(recorded: string): string | null {
  const map = readSourceMap();
  const exact = map.get(recorded);
  if (exact !== undefined) {
    return inWorkspace(exact);
  }
  for (const [from, to] of map) {
    const prefix = /[\\/]$/.test(from) ? from : `${from}/`;
    if (recorded.replaceAll('\\', '/').startsWith(prefix.replaceAll('\\', '/'))) {
      return inWorkspace(join(to, recorded.slice(prefix.length)));
    }
  }
  return null;
}

function inWorkspace(path: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}
