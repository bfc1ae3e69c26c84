import type { Disposable } from '../../src/base/lifetime.ts';
import { h, replaceChildren } from '../base/dom.ts';
import type { Store } from '../store.ts';
import type { PanelChoices } from '../saved-view.ts';

/** A table that a panel shows on demand, with the button for it; what is shown stays so when the run changes. */
export class TableToggle implements Disposable {
  readonly button: HTMLElement;
  readonly body: HTMLElement;
  readonly #subscription: Disposable;
  #isShown = false;

  constructor(
    private readonly store: Store,
    private readonly panel: PanelChoices['tables'][number],
    private readonly look: {
      readonly text: string;
      readonly className: string;
      /** Asked when the table is first needed, and again when it is told to update. */
      readonly render: () => readonly HTMLElement[];
    },
  ) {
    this.body = h('div', { class: look.className });
    this.button = h(
      'button',
      { type: 'button', class: 'link', click: () => this.#toggle() },
      look.text,
    );
    this.#subscription = store.panels.subscribe(() => {
      if (this.#isWanted() !== this.#isShown) {
        this.update();
      }
    });
    this.update();
  }

  /** Shows what there is to show now. */
  update(): void {
    this.#isShown = this.#isWanted();
    this.button.setAttribute('aria-expanded', String(this.#isShown));
    this.body.hidden = !this.#isShown;
    replaceChildren(this.body, ...(this.#isShown ? this.look.render() : []));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #isWanted(): boolean {
    return this.store.panels.get().tables.includes(this.panel);
  }

  #toggle(): void {
    const panels = this.store.panels.get();
    const others = panels.tables.filter((panel) => panel !== this.panel);
    const tables = this.#isWanted() ? others : [...others, this.panel];
    this.store.panels.set({ ...panels, tables });
  }
}
