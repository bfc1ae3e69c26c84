export type Child = Node | string | null;
type Attribute = string | number | boolean | EventListener;

/**
 * Makes an element. Functions listen to the event of their name; the rest are attributes, `false` leaves
 * one out. Strings become text nodes, never markup.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A control of the toolkit; see `toolkit.ts`. */
export function control(
  tag: 'vscode-button' | 'vscode-progress-ring',
  attributes: Readonly<Record<string, Attribute>>,
  ...children: readonly Child[]
): HTMLElement {
  return h(tag as 'div', attributes, ...children);
}

/** A button that looks like a link: for what happens within the page or the editor. */
export function linkButton(text: string, label: string, onClick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'link', 'aria-label': label, click: onClick }, text);
}

export function replaceChildren(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child) => child !== null));
}
