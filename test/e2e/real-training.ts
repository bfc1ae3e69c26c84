import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { canHaveServerHost } from '../../scripts/server-host.mjs';
import { cacheFolder } from '../../scripts/steps.mjs';
import type { Workbench } from './workbench.ts';

const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

/** Skips what needs a real training where there can be none, and says so. */
export function skipWithoutTorch(context: Mocha.Context, tests: number): void {
  const hasTorch = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
  if (!canHaveServerHost() || !hasTorch) {
    process.stdout.write(
      `  Skipped, ${tests} tests: they need Linux, and a python3 with torch (or PYTHON).\n`,
    );
    context.skip();
  }
}

/** Runs a script for real, and records it. */
export function trainForReal(script: string, cwd: string): void {
  const { status, stderr } = spawnSync(PYTHON, [script], { cwd, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** What VS Code showed when the test that just ended failed. */
export async function pictureFailure(
  { currentTest }: Mocha.Context,
  workbench: Workbench,
): Promise<void> {
  if (currentTest?.state === 'failed') {
    const name = currentTest.title.replaceAll(' ', '-');
    await workbench.takePicture(join(cacheFolder, 'pictures', `failed-${name}.png`));
  }
}
