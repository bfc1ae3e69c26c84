/** A color in parts, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const CHANNELS = 4;

/**
 * Draws very many thin boxes: each level is mixed into one line of pixels, each pixel as covered as its
 * boxes cover it, and that line is then drawn as high as the level. Costs a pixel, not a box.
 */
export class Strips {
  readonly #canvas = document.createElement('canvas');
  readonly #pen = this.#canvas.getContext('2d', { willReadFrequently: true });
  #image: ImageData | null = null;
  #mixed = new Float32Array();
  #ratio = 1;
  #lines: { readonly y: number; readonly height: number }[] = [];
  #isOpen = false;

  /** `width` in CSS pixels. */
  begin(width: number, ratio: number): void {
    const pixels = Math.max(1, Math.ceil(width * ratio));
    if (this.#mixed.length !== pixels * CHANNELS) {
      this.#mixed = new Float32Array(pixels * CHANNELS);
      this.#image = null;
    }
    this.#ratio = ratio;
    this.#lines = [];
    this.#isOpen = false;
  }

  /** A box on the line at `y`; boxes of a line must come one after the other. In CSS pixels. */
  add(
    [x, y, width, height]: readonly [number, number, number, number],
    color: Rgb,
    alpha: number,
  ): void {
    const line = this.#lines.at(-1);
    if (!this.#isOpen || line?.y !== y) {
      this.#close();
      this.#mixed.fill(0);
      this.#lines.push({ y, height });
      this.#isOpen = true;
    }
    const pixels = this.#mixed.length / CHANNELS;
    const left = Math.max(0, x * this.#ratio);
    const right = Math.min(pixels, (x + width) * this.#ratio);
    for (let at = Math.floor(left); at < right; at++) {
      const covered = Math.min(right, at + 1) - Math.max(left, at);
      this.#mix(at * CHANNELS, color, alpha * covered);
    }
  }

  /** Draws all lines. */
  paint(context: CanvasRenderingContext2D): void {
    this.#close();
    const pixels = this.#mixed.length / CHANNELS;
    if (this.#image === null || this.#pen === null || this.#lines.length === 0) {
      return;
    }
    if (this.#canvas.width !== pixels || this.#canvas.height !== this.#image.height) {
      this.#canvas.width = pixels;
      this.#canvas.height = this.#image.height;
    }
    this.#pen.putImageData(this.#image, 0, 0, 0, 0, pixels, this.#lines.length);
    context.imageSmoothingEnabled = false;
    this.#lines.forEach(({ y, height }, i) => {
      context.drawImage(this.#canvas, 0, i, pixels, 1, 0, y, pixels / this.#ratio, height);
    });
    context.imageSmoothingEnabled = true;
  }

  #mix(at: number, [red, green, blue]: Rgb, alpha: number): void {
    const mixed = this.#mixed;
    const share = Math.min(alpha, 1 - mixed[at + 3]);
    mixed[at] += red * share;
    mixed[at + 1] += green * share;
    mixed[at + 2] += blue * share;
    mixed[at + 3] += share;
  }

  /** The line that is open goes into the image. */
  #close(): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    const data = this.#imageOf(this.#lines.length).data;
    const mixed = this.#mixed;
    let to = (this.#lines.length - 1) * mixed.length;
    for (let at = 0; at < mixed.length; at += CHANNELS, to += CHANNELS) {
      const alpha = mixed[at + 3];
      data[to + 3] = alpha * 255;
      if (alpha > 0) {
        data[to] = mixed[at] / alpha;
        data[to + 1] = mixed[at + 1] / alpha;
        data[to + 2] = mixed[at + 2] / alpha;
      }
    }
  }

  /** An image of at least so many lines, those before kept. */
  #imageOf(lines: number): ImageData {
    const width = this.#mixed.length / CHANNELS;
    const old = this.#image;
    if (old !== null && old.height >= lines) {
      return old;
    }
    const image = new ImageData(width, Math.max(16, 2 * lines));
    if (old !== null) {
      image.data.set(old.data);
    }
    this.#image = image;
    return image;
  }
}
