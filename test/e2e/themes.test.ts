import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { canHaveServerHost } from '../../scripts/server-host.mjs';
import { cacheFolder, root } from '../../scripts/steps.mjs';
import { RunPage } from './run-page.ts';
import { Workbench, type ThemeName } from './workbench.ts';

const PICTURES = join(cacheFolder, 'pictures');
const IS_DARK: Readonly<Record<ThemeName, boolean>> = {
  dark: true,
  light: false,
  'high-contrast': true,
  'high-contrast-light': false,
};
/** The palette of the phases and causes is far richer than a page that failed to draw. */
const MIN_COLORS = 40;
/** In the middle of the training loop. */
const LOOP_LINE = 146;

describe('the run editor', function () {
  before(function () {
    if (!canHaveServerHost()) {
      this.skip();
    }
  });

  for (const theme of Object.keys(IS_DARK) as ThemeName[]) {
    it(`is drawn in the colors of the ${theme} theme, without an error`, async () => {
      const workbench = await Workbench.open({
        folder: join(root, 'samples/image-classification'),
        theme,
        settings: { 'editor.minimap.enabled': false },
        scale: 1.5,
      });
      try {
        await workbench.openFile('runs/slow-augment/rank0.spans.jsonl');
        const page = new RunPage(await workbench.runEditor());
        await page.verdict();
        await page.waitForTimeline();
        const file = join(PICTURES, `run-editor-${theme}.png`);
        await workbench.takePicture(file);
        const { brightness, colors } = measure(file);
        assert.equal(brightness < 0.5, IS_DARK[theme], `brightness ${brightness}`);
        assert.ok(colors >= MIN_COLORS, `only ${colors} colors`);
        await workbench.openFile('train.py');
        await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
        await workbench.page.setViewportSize({ width: 1240, height: 800 });
        await workbench.goToLine(LOOP_LINE);
        assert.match(await workbench.hint(/\/step/), /◂ .*\/step/);
        await workbench.takePicture(pictureOfHints(theme));
        assert.deepEqual(workbench.pageErrors, []);
      } finally {
        await workbench.close();
      }
    });
  }
});

/** `REFRESH_PICTURES=1 npm run test:e2e` renews that of the README. */
function pictureOfHints(theme: ThemeName): string {
  const isOfReadme = process.env['REFRESH_PICTURES'] === '1' && theme === 'dark';
  return join(isOfReadme ? join(root, 'media/pictures') : PICTURES, `hints-${theme}.png`);
}

/** Mean brightness, 0 to 1, and how many colors cover more than a speck. */
function measure(file: string): { readonly brightness: number; readonly colors: number } {
  const { data } = PNG.sync.read(readFileSync(file));
  const counts = new Map<number, number>();
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(i, i + 3);
    sum += red + green + blue;
    const color = (red << 16) | (green << 8) | blue;
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const speck = 50;
  return {
    brightness: sum / ((data.length / 4) * 3 * 255),
    colors: [...counts.values()].filter((count) => count > speck).length,
  };
}
