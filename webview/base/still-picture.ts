import type { Paint, Size } from './surface.ts';
import type { Theme } from './theme.ts';

/** What is the same in every frame, painted once for a size, a theme and a screen, and then copied. */
export class StillPicture {
  readonly #canvas = document.createElement('canvas');
  #size: Size = { width: 0, height: 0 };
  #ratio = 0;
  #theme: Theme | null = null;

  constructor(private readonly paint: Paint) {}

  draw(context: CanvasRenderingContext2D, size: Size, theme: Theme): void {
    const ratio = window.devicePixelRatio;
    const { width, height } = this.#size;
    const isSame = width === size.width && height === size.height && ratio === this.#ratio;
    if (!isSame || theme !== this.#theme) {
      this.#size = size;
      this.#ratio = ratio;
      this.#theme = theme;
      this.#repaint();
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#canvas, 0, 0);
    context.restore();
  }

  #repaint(): void {
    const { width, height } = this.#size;
    this.#canvas.width = Math.max(1, Math.round(width * this.#ratio));
    this.#canvas.height = Math.max(1, Math.round(height * this.#ratio));
    const pen = this.#canvas.getContext('2d');
    if (pen !== null && this.#theme !== null) {
      pen.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      this.paint(pen, this.#size, this.#theme);
    }
  }
}
