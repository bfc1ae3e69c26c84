import type { Disposable } from '../../src/base/lifetime.ts';
import { h } from './dom.ts';
import './menu.css';

export interface MenuItem {
  readonly text: string;
  readonly run: () => void;
}

export interface MenuGroup {
  readonly title: string;
  readonly items: readonly MenuItem[];
}

interface MenuPlace {
  /** Of the whole menu, for those who do not see it. */
  readonly label: string;
  /** It opens below this, or above where there is no room. */
  readonly anchor: DOMRect;
  /** Puts the focus where it was. */
  readonly goBack: () => void;
  readonly onClose?: () => void;
}

const EDGE_PX = 6;

/** A menu in front of the page; arrows, Home, End and first letters walk through it, Escape closes it. */
export class Menu implements Disposable {
  readonly element = h('div', {
    class: 'menu',
    role: 'menu',
    hidden: true,
    keydown: (event) => this.#press(event as KeyboardEvent),
    focusout: (event) => {
      if (!this.element.contains((event as FocusEvent).relatedTarget as Node | null)) {
        this.#hide();
      }
    },
  });
  #place: MenuPlace | null = null;

  open(entries: readonly (MenuItem | MenuGroup)[], place: MenuPlace): void {
    this.#place = place;
    this.element.setAttribute('aria-label', place.label);
    this.element.replaceChildren(
      ...entries.map((entry) =>
        'items' in entry ? this.#renderGroup(entry) : this.#renderItem(entry),
      ),
    );
    this.element.hidden = false;
    const { anchor } = place;
    const { offsetWidth, offsetHeight } = this.element;
    const isBelow = anchor.bottom + offsetHeight + EDGE_PX < window.innerHeight;
    const left = Math.min(anchor.left, window.innerWidth - offsetWidth - EDGE_PX);
    const top = isBelow ? anchor.bottom : anchor.top - offsetHeight;
    this.element.style.left = `${Math.max(EDGE_PX, left)}px`;
    this.element.style.top = `${Math.max(EDGE_PX, top)}px`;
    this.#items().at(0)?.focus();
  }

  dispose(): void {
    this.element.remove();
  }

  #renderGroup({ title, items }: MenuGroup): HTMLElement {
    return h(
      'div',
      { role: 'group', 'aria-label': title },
      h('div', { class: 'menu-title', 'aria-hidden': 'true' }, title),
      ...items.map((item) => this.#renderItem(item)),
    );
  }

  #renderItem({ text, run }: MenuItem): HTMLElement {
    const click = () => {
      run();
      this.#close();
    };
    return h('button', { type: 'button', role: 'menuitem', tabindex: -1, click }, text);
  }

  #items(): readonly HTMLElement[] {
    return [...this.element.querySelectorAll('button')];
  }

  #hide(): void {
    this.element.hidden = true;
    this.#place?.onClose?.();
  }

  #close(): void {
    const place = this.#place;
    this.#hide();
    this.#place = null;
    place?.goBack();
  }

  /** Keys of the menu are its own: the page does not hear them. */
  #press(event: KeyboardEvent): void {
    event.stopPropagation();
    const items = this.#items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = nextItem(event.key, items, at);
    if (next !== undefined) {
      next.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      this.#close();
      event.preventDefault();
    }
  }
}

/** Where a key leads; undefined where it leads nowhere. */
function nextItem(key: string, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
  if (next !== undefined) {
    return items.at(next % items.length);
  }
  const isLetter = key.length === 1 && key !== ' ';
  const inOrder = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return isLetter
    ? inOrder.find((item) => item.textContent.toLowerCase().startsWith(key.toLowerCase()))
    : undefined;
}
