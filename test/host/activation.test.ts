import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, LINK_COMMANDS } from '../../src/extension/ids.ts';
import { activateExtension } from './workspace.ts';

describe('activation', () => {
  it('registers every command of the manifest', async () => {
    await activateExtension();
    const registered = await vscode.commands.getCommands(true);
    for (const command of [...Object.values(COMMANDS), ...Object.values(LINK_COMMANDS)]) {
      assert.ok(registered.includes(command), command);
    }
  });

  it('finds the recorded sample of the workspace by itself', async () => {
    const { store } = await activateExtension();
    const { waitForRun } = await import('./workspace.ts');
    const run = await waitForRun(store, ({ group }) =>
      group.folder.includes('image-classification'),
    );
    assert.ok(run.group.files.length > 0);
  });
});
