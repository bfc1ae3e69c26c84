import { Gallery, settle } from './test/gallery/gallery.ts';
import { gpuRun } from './test/gallery/stories.ts';
const g = await Gallery.open();
const a = await gpuRun();
for (const [theme, w, h] of [['dark', 1440, 900], ['light', 1440, 900], ['dark', 2400, 1200], ['high-contrast-light', 700, 900]] as const) {
  const s = await g.tell(a, { theme, width: w, height: h, focusRank: 0 });
  await s.page.locator('.run-page').waitFor(); await settle(s);
  await s.page.locator('.track-canvas').click({ position: { x: 300, y: 14 } });
  await settle(s);
  await s.page.screenshot({ path: `/tmp/shots/gpu-${theme}-${w}.png` });
  console.log(s.errors);
  await s.close();
}
const b = await gpuRun({ ranks: 64, steps: 12 });
const s = await g.tell(b, { theme: 'dark', width: 1440, height: 1100 });
await s.page.locator('.run-page').waitFor(); await settle(s);
await s.page.screenshot({ path: `/tmp/shots/gpu64.png` });
await g.close();
