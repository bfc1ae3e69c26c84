import assert from 'node:assert/strict';
import { drawWhole } from '../../src/core/timeline/draw-whole.ts';
import { packWindow } from '../../src/protocol/window-columns.ts';
import { type Gallery } from './gallery.ts';
import { gpuRun } from './stories.ts';
import { sharedGallery } from './shared-gallery.ts';

describe('the page while it waits', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async () => (gallery = await sharedGallery()));

  it('shows the whole run at a glance before the analysis is done', async () => {
    const { rectangles, names, ...picture } = drawWhole(await gpuRun({ ranks: 2, steps: 20 }));
    const progress = { text: 'Looking for bottlenecks', percent: 95 };
    const story = await gallery.tell(null, { progress });
    await story.page.getByText('Looking for bottlenecks').waitFor();
    await story.host.channel.remote.runDrawn({
      ...picture,
      ranks: [...picture.ranks],
      names: [...names],
      columns: packWindow(rectangles),
    });
    const canvas = story.page.getByRole('img', { name: 'The whole run on 2 ranks, at a glance' });
    await canvas.waitFor();
    await story.page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    const colors = await canvas.evaluate((element) => {
      const { width, height } = element as unknown as { width: number; height: number };
      const pen = (
        element as unknown as {
          getContext(kind: string): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
        }
      ).getContext('2d');
      const { data } = pen.getImageData(0, 0, width, height);
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 255) {
          seen.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
        }
      }
      return seen.size;
    });
    assert.ok(colors > 3, `${colors} colors`);
    assert.deepEqual(story.errors, []);
    await story.close();
  });
});
