import { control, h } from '../base/dom.ts';
import type { RunPicture } from '../../src/protocol/run-picture.ts';
import type { FrameLoop } from '../base/frame-loop.ts';
import type { Surface } from '../base/surface.ts';
import type { ThemeSource } from '../base/theme.ts';
import type { Host } from '../host.ts';
import { drawPicture } from '../timeline/run-picture.ts';

/** While the run is read and analysed. */
export class LoadingPage {
  readonly #text = h('p', { class: 'muted', role: 'status' }, 'Opening the run…');
  readonly #bar = h('progress', { max: 100, 'aria-label': 'Progress' });
  readonly element = h(
    'div',
    { class: 'status-page' },
    control('vscode-progress-ring', { 'aria-hidden': 'true' }),
    h('h1', {}, 'Analyzing the training run'),
    this.#bar,
    this.#text,
  );
  #surface: Surface | null = null;

  show(text: string, percent: number): void {
    this.#bar.value = percent;
    const share = `${Math.round(percent)}\u202f%`;
    this.#text.textContent = text === '' ? 'Opening the run…' : `${text} · ${share}`;
  }

  /** The run, as far as it can be seen already. */
  draw(picture: RunPicture, frames: FrameLoop, themes: ThemeSource): void {
    this.#surface?.dispose();
    this.#surface?.canvas.remove();
    this.#surface = drawPicture(picture, frames, themes);
    this.element.append(this.#surface.canvas);
  }
}

/** What happened, and what can be done. */
export function renderFailure(host: Host, message: string, again: () => void): HTMLElement {
  return h(
    'div',
    { class: 'status-page', role: 'alert' },
    h('h1', {}, 'This run cannot be shown'),
    h('p', {}, message),
    h(
      'div',
      { class: 'details-actions' },
      control('vscode-button', { click: again }, 'Analyze Again'),
      control(
        'vscode-button',
        { appearance: 'secondary', click: () => void host.showLog({}) },
        'Show Log',
      ),
    ),
  );
}
