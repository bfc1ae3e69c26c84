import assert from 'node:assert/strict';
import { type Gallery, settle, THEME_CLASSES, type ThemeName } from './gallery.ts';
import { FIND_FAULTS } from './page-faults.ts';
import { listRooms } from './rooms.ts';
import { sharedGallery } from './shared-gallery.ts';

const THEMES = Object.keys(THEME_CLASSES) as ThemeName[];
const WIDTHS = [400, 700, 1360, 2400];

describe('every room of the gallery', function () {
  this.timeout(120_000);
  let gallery: Gallery;

  before(async () => {
    gallery = await sharedGallery();
  });

  listRooms().forEach(({ title, read, options }, i) => {
    const theme = THEMES[i % THEMES.length];
    it(`is for everybody: ${title} (${theme})`, async () => {
      const analysis = read === null ? null : await read();
      const story = await gallery.tell(analysis, { ...options, theme });
      const { page } = story;
      const isWaiting = options?.progress !== undefined;
      await page.locator('.run-page, .status-page').first().waitFor();
      if (!isWaiting) {
        await settle(story);
      }
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        if (!isWaiting) {
          await settle(story);
        }
        assert.deepEqual(await page.evaluate(FIND_FAULTS), [], `at ${width} px`);
      }
      assert.deepEqual(story.errors, []);
      await story.close();
    });
  });

  it('would be refused with a nameless button, faint text and a wide table', async () => {
    const story = await gallery.tell(null, { failure: 'gone' });
    await story.page.locator('.status-page').waitFor();
    await story.page.evaluate(`
      const add = (name, text) =>
        document.body.append(Object.assign(document.createElement(name), { textContent: text }));
      const styled = (name, text, style) => {
        add(name, text);
        Object.assign(document.body.lastElementChild.style, style);
      };
      add('button', '');
      styled('p', 'faint', { color: '#555', background: '#444' });
      styled('div', 'wide', { width: '3000px' });
      styled('div', 'much too long', { width: '20px', overflow: 'hidden', whiteSpace: 'nowrap' });
      add('h5', 'deep');`);
    const faults = await story.page.evaluate<string[]>(FIND_FAULTS);
    for (const pattern of [
      /too wide/,
      /button has no name/,
      /faint.*contrast/,
      /too long.*cut/,
      /skips/,
    ]) {
      assert.ok(
        faults.some((fault) => pattern.test(fault)),
        String(pattern),
      );
    }
    await story.close();
  });
});
