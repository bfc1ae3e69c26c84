import type { RunPicture } from '../../src/protocol/run-picture.ts';
import { unpackWindow } from '../../src/protocol/window-columns.ts';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { FrameLoop } from '../base/frame-loop.ts';
import { Surface } from '../base/surface.ts';
import type { ThemeSource } from '../base/theme.ts';
import { layOutWindow } from './layout.ts';
import { BoxPainter } from './paint.ts';
import { layOutTracks } from './tracks.ts';
import type { WindowData } from './window-data.ts';

const LABEL_PX = 64;

/** The rank tracks of a whole run on a canvas, to look at while the rest is computed. */
export function drawPicture(
  { startNs, endNs, ranks, columns, names }: RunPicture,
  frames: FrameLoop,
  themes: ThemeSource,
): Surface {
  const { tracks, height } = layOutTracks(
    ranks.map((rank) => ({ rank, deviceName: null, lanes: [] })),
    new Set(),
  );
  const range = { startNs, endNs };
  const rows = ranks.map((rank) => ({ rank, lane: RANK_TRACK }));
  const data: WindowData = {
    request: { ...range, widthPx: 1, rows },
    rectangles: unpackWindow(columns),
    names,
  };
  const painter = new BoxPainter();
  const surface = new Surface(frames, themes, 'run-picture', (pen, size, theme) => {
    pen.font = `11px ${theme.font}`;
    pen.textBaseline = 'middle';
    pen.fillStyle = theme.muted;
    for (const track of tracks) {
      pen.fillText(track.label, 0, track.top + track.height / 2);
    }
    const width = Math.max(1, size.width - LABEL_PX);
    pen.translate(LABEL_PX, 0);
    const boxes = layOutWindow(data, tracks, { range, width, height, scrollTop: 0 });
    painter.paint(pen, data, boxes, { width, theme });
  });
  surface.canvas.style.height = `${height}px`;
  surface.canvas.setAttribute('role', 'img');
  surface.canvas.setAttribute('aria-label', `The whole run on ${ranks.length} ranks, at a glance`);
  return surface;
}
