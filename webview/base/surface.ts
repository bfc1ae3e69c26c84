import type { Disposable } from '../../src/base/lifetime.ts';
import type { FrameLoop } from './frame-loop.ts';
import type { Theme, ThemeSource } from './theme.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Paint = (context: CanvasRenderingContext2D, size: Size, theme: Theme) => void;

const surfaces = new WeakMap<Element, Surface>();

/** What paints a canvas of the page; undefined where none of ours does. */
export function surfaceOf(canvas: Element): Surface | undefined {
  return surfaces.get(canvas);
}

/** A canvas as large as its box, in CSS pixels; repainted when asked, resized or themed anew. */
export class Surface implements Disposable {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #observer: ResizeObserver;
  readonly #subscription: Disposable;
  readonly #task = () => this.#repaint();
  #size: Size = { width: 0, height: 0 };

  constructor(
    private readonly frames: FrameLoop,
    private readonly themes: ThemeSource,
    className: string,
    private readonly paint: Paint,
  ) {
    this.canvas = document.createElement('canvas');
    this.canvas.className = className;
    const context = this.canvas.getContext('2d');
    if (context === null) {
      throw new Error('this browser has no canvas to draw on');
    }
    this.#context = context;
    surfaces.set(this.canvas, this);
    this.#observer = new ResizeObserver(([{ contentRect }]) =>
      this.#resize(contentRect.width, contentRect.height),
    );
    this.#observer.observe(this.canvas);
    this.#subscription = themes.theme.subscribe(() => this.invalidate());
  }

  get size(): Size {
    return this.#size;
  }

  invalidate(): void {
    this.frames.request(this.#task);
  }

  /** Paints what the canvas shows with another pen, whose origin is the canvas's. */
  paintWith(pen: CanvasRenderingContext2D): void {
    this.paint(pen, this.#size, this.themes.theme.get());
  }

  dispose(): void {
    this.#observer.disconnect();
    this.#subscription.dispose();
    this.frames.forget(this.#task);
  }

  #resize(width: number, height: number): void {
    this.#size = { width, height };
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.dispatchEvent(new CustomEvent('sized'));
    this.invalidate();
  }

  #repaint(): void {
    const { width, height } = this.#size;
    if (width < 1 || height < 1) {
      return;
    }
    const ratio = window.devicePixelRatio;
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.paint(this.#context, this.#size, this.themes.theme.get());
  }
}
