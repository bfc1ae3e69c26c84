/**
 * Opens a file in the real workbench and saves a picture of it, to look at.
 * npm run look -- FILE [--theme NAME] [--folder DIR] [--size 1440x900] [--wait MS] [--command TITLE] [--out PNG]
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../scripts/steps.mjs';
import { THEMES, Workbench, type ThemeName } from './workbench.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    theme: { type: 'string', default: 'dark' },
    folder: { type: 'string' },
    size: { type: 'string', default: '1440x900' },
    wait: { type: 'string', default: '1500' },
    command: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
  },
});
const path = positionals.at(0);
if (path === undefined || !existsSync(path) || !(values.theme in THEMES)) {
  throw new Error(`Give a file that exists, and a theme of ${Object.keys(THEMES).join(', ')}`);
}
const file = resolve(path);
const folder = resolve(values.folder ?? dirname(file));
const [widthPx = NaN, heightPx = NaN] = values.size.split('x').map(Number);
const out = values.out ?? join(cacheFolder, 'pictures', `${basename(file)}-${values.theme}.png`);

const workbench = await Workbench.open({
  folder,
  theme: values.theme as ThemeName,
  widthPx,
  heightPx,
});
try {
  await workbench.openFile(relative(folder, file));
  if (!/\.(py|md|txt)$/.test(file)) {
    await workbench.runEditor();
  }
  for (const title of values.command) {
    await workbench.runCommand(title);
  }
  await workbench.page.waitForTimeout(Number(values.wait));
} finally {
  await workbench.takePicture(out);
  await workbench.close();
  process.stderr.write(workbench.pageErrors.map((text) => `error: ${text}\n`).join(''));
  process.stdout.write(`${out}\n`);
}
