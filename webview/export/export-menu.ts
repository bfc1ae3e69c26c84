import { TABLE_NAMES, type TableName } from '../../src/core/model/table-names.ts';
import type { ExportKind } from '../../src/protocol/export-schemas.ts';
import { h } from '../base/dom.ts';
import './export-menu.css';

interface Item {
  readonly kind: ExportKind;
  readonly table?: TableName;
  readonly text: string;
}

const GROUPS: readonly { readonly title: string; readonly items: readonly Item[] }[] = [
  {
    title: 'The run',
    items: [
      { kind: 'html', text: 'Report as one HTML file' },
      { kind: 'markdown', text: 'Report as Markdown' },
    ],
  },
  {
    title: 'The timeline in view',
    items: [
      { kind: 'png', text: 'Picture (PNG)' },
      { kind: 'svg', text: 'Picture (SVG)' },
      { kind: 'chrome', text: 'Spans for Perfetto (Chrome JSON)' },
    ],
  },
  {
    title: 'Tables (CSV)',
    items: TABLE_NAMES.map((table) => ({
      kind: 'csv',
      table,
      text: table.charAt(0).toUpperCase() + table.slice(1),
    })),
  },
];

/** A button with a menu of all that can be saved; arrow keys, Home, End and first letters go through it. */
export function renderExportMenu(
  onChoose: (kind: ExportKind, table?: TableName) => void,
): HTMLElement {
  const menu = h('div', {
    class: 'export-menu',
    role: 'menu',
    'aria-label': 'Export',
    hidden: true,
  });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'export-button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      click: () => toggle(menu.hidden === true),
    },
    'Export',
  );
  const toggle = (isOpen: boolean) => {
    menu.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) {
      itemsOf(menu)[0]?.focus();
    }
  };
  const choose = ({ kind, table }: Item) => {
    toggle(false);
    button.focus();
    onChoose(kind, table);
  };
  menu.append(...GROUPS.map(({ title, items }) => renderGroup(title, items, choose)));
  menu.addEventListener('keydown', (event) => press(event, menu, () => toggle(false), button));
  const box = h('div', { class: 'export-box' }, button, menu);
  box.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && box.contains(relatedTarget))) {
      toggle(false);
    }
  });
  return box;
}

function renderGroup(
  title: string,
  items: readonly Item[],
  choose: (item: Item) => void,
): HTMLElement {
  return h(
    'div',
    { role: 'group', 'aria-label': title },
    h('div', { class: 'export-group', 'aria-hidden': 'true' }, title),
    ...items.map((item) =>
      h(
        'button',
        { type: 'button', role: 'menuitem', tabindex: -1, click: () => choose(item) },
        item.text,
      ),
    ),
  );
}

function itemsOf(menu: HTMLElement): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
}

/** Keys of the menu are its own: the timeline does not hear them. */
function press(
  event: KeyboardEvent,
  menu: HTMLElement,
  close: () => void,
  button: HTMLElement,
): void {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = nextItem(event.key, items, at);
  if (event.key === 'Escape') {
    close();
    button.focus();
  } else if (next >= 0) {
    items[next].focus();
  } else if (event.key === 'Tab' || event.key === 'Enter' || event.key === ' ') {
    event.stopPropagation();
    return;
  }
  event.stopPropagation();
  event.preventDefault();
}

/** The item that a key leads to; -1 where it leads nowhere. */
function nextItem(key: string, items: readonly HTMLElement[], at: number): number {
  const count = items.length;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default: {
      const letter = key.length === 1 ? key.toLowerCase() : '';
      const order = items.map((_, i) => (at + 1 + i) % count);
      return letter === ''
        ? -1
        : (order.find((i) => items[i].textContent.toLowerCase().startsWith(letter)) ?? -1);
    }
  }
}
