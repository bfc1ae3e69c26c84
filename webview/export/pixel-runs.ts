/** Neighbours of one color in a line of pixels. */
export interface PixelRun {
  readonly from: number;
  readonly to: number;
  /** As attributes of SVG. */
  readonly color: string;
}

/** Opacity this near is drawn alike: 1 in 255 is no difference that anyone sees. */
const ALPHA_STEPS = 32;

/** The runs of the first line, without what is transparent. */
export function runsOfPixels({ data, width }: Pick<ImageData, 'data' | 'width'>): PixelRun[] {
  const runs: PixelRun[] = [];
  let from = 0;
  let color = width > 0 ? colorAt(data, 0) : '';
  for (let x = 1; x <= width; x++) {
    const next = x < width ? colorAt(data, x) : null;
    if (next !== color) {
      if (color !== '') {
        runs.push({ from, to: x, color });
      }
      from = x;
      color = next ?? '';
    }
  }
  return runs;
}

function colorAt(data: Uint8ClampedArray, x: number): string {
  const [red, green, blue, alpha] = data.subarray(x * 4, x * 4 + 4);
  const steps = Math.round((alpha / 255) * ALPHA_STEPS);
  if (steps === 0) {
    return '';
  }
  const hex = [red, green, blue].map((channel) => channel.toString(16).padStart(2, '0')).join('');
  return `fill="#${hex}"${steps === ALPHA_STEPS ? '' : ` fill-opacity="${steps / ALPHA_STEPS}"`}`;
}
