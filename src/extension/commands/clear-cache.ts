import * as vscode from 'vscode';
import { clearCache as clearFolder } from '../../files/run-cache/run-cache.ts';
import { SETTINGS } from '../ids.ts';
import type { Services } from '../services.ts';
import { cacheBytes, onDidChangeSetting } from '../settings.ts';

/** Forgets all analysed runs; those that are open stay as they are. */
export async function clearCache({ cacheFolder }: Services): Promise<void> {
  const bytes = await clearFolder(cacheFolder);
  const message =
    bytes === 0
      ? vscode.l10n.t('The cache of analyzed runs is empty.')
      : vscode.l10n.t(
          'The cache of analyzed runs is cleared: {0} MB are free again.',
          (bytes / 1e6).toFixed(1),
        );
  void vscode.window.showInformationMessage(message);
}

/** Who wants no cache wants nothing left of it. */
export function registerCacheSize({ cacheFolder }: Services): vscode.Disposable {
  return onDidChangeSetting(SETTINGS.cacheSizeMb, () => {
    if (cacheBytes() === 0) {
      void clearFolder(cacheFolder);
    }
  });
}
