import { control, h } from '../base/dom.ts';
import type { Host } from '../host.ts';

/** While the run is read and analysed. */
export class LoadingPage {
  readonly #text = h('p', { class: 'muted', role: 'status' }, 'Opening the run…');
  readonly #bar = h('progress', { max: 100, 'aria-label': 'Progress' });
  readonly element = h(
    'div',
    { class: 'status-page' },
    control('vscode-progress-ring', { 'aria-hidden': 'true' }),
    h('h2', {}, 'Analyzing the training run'),
    this.#bar,
    this.#text,
  );

  show(text: string, percent: number): void {
    this.#bar.value = percent;
    const share = `${Math.round(percent)}\u202f%`;
    this.#text.textContent = text === '' ? 'Opening the run…' : `${text} · ${share}`;
  }
}

/** What happened, and what can be done. */
export function renderFailure(host: Host, message: string, again: () => void): HTMLElement {
  return h(
    'div',
    { class: 'status-page', role: 'alert' },
    h('h2', {}, 'This run cannot be shown'),
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
