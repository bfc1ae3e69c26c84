import { asContext, SvgPen } from './svg-pen.ts';
import type { Sheet } from './timeline-picture.ts';

/** Pixels of a picture for each CSS pixel of the page. */
const SCALE = 2;

/** Throws where the browser gives no canvas, or one of that size. */
export async function drawPng({ width, height, paint }: Sheet): Promise<ArrayBuffer> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * SCALE);
  canvas.height = Math.ceil(height * SCALE);
  const pen = canvas.getContext('2d');
  if (pen === null) {
    throw new Error('this browser has no canvas to draw on');
  }
  pen.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  paint(pen);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) {
    throw new Error('the picture is too large to be drawn; make the window smaller');
  }
  return await blob.arrayBuffer();
}

export function drawSvg({ width, height, title, paint }: Sheet): string {
  const scratch = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (scratch === null) {
    throw new Error('this browser has no canvas to draw on');
  }
  const pen = new SvgPen({
    measure: (font, text) => {
      scratch.font = font;
      return scratch.measureText(text);
    },
    pixelsOf: (source, [x, y, sourceWidth, sourceHeight]) => {
      scratch.canvas.width = sourceWidth;
      scratch.canvas.height = sourceHeight;
      scratch.drawImage(source, -x, -y);
      return scratch.getImageData(0, 0, sourceWidth, sourceHeight);
    },
  });
  paint(asContext(pen));
  return pen.finish(width, height, title);
}
