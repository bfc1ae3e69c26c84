import { control, h } from '../base/dom.ts';
import { KEY_HELP } from './keys.ts';

/** The list of keys, in front of the page until closed. */
export class KeySheet {
  readonly element: HTMLDialogElement;

  constructor() {
    const rows = KEY_HELP.map(([keys, effect]) =>
      h('div', { class: 'key-row' }, h('dt', {}, h('kbd', {}, keys)), h('dd', {}, effect)),
    );
    this.element = h(
      'dialog',
      { class: 'key-sheet', 'aria-label': 'Keys' },
      h('h2', {}, 'Keys'),
      h('dl', {}, ...rows),
      control('vscode-button', { click: () => this.element.close() }, 'Close'),
    );
  }

  toggle(): void {
    if (this.element.open) {
      this.element.close();
    } else {
      this.element.showModal();
    }
  }
}
