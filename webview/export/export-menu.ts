import { TABLE_NAMES, type TableName } from '../../src/core/model/table-names.ts';
import type { ExportKind } from '../../src/protocol/export-schemas.ts';
import { h } from '../base/dom.ts';
import { Menu, type MenuGroup } from '../base/menu.ts';
import './export-menu.css';

type OnChoose = (kind: ExportKind, table?: TableName) => void;

/** A button with a menu of all that can be saved. */
export function renderExportMenu(onChoose: OnChoose): HTMLElement {
  const menu = new Menu();
  const button = h(
    'button',
    {
      type: 'button',
      class: 'export-button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      click: () => {
        button.setAttribute('aria-expanded', 'true');
        menu.open(groups(onChoose), {
          label: 'Export',
          anchor: button.getBoundingClientRect(),
          goBack: () => button.focus(),
          onClose: () => button.setAttribute('aria-expanded', 'false'),
        });
      },
    },
    'Export',
  );
  return h('div', {}, button, menu.element);
}

function groups(onChoose: OnChoose): readonly MenuGroup[] {
  const item = (text: string, kind: ExportKind, table?: TableName) => ({
    text,
    run: () => onChoose(kind, table),
  });
  return [
    {
      title: 'The run',
      items: [item('Report as one HTML file', 'html'), item('Report as Markdown', 'markdown')],
    },
    {
      title: 'The timeline in view',
      items: [
        item('Picture (PNG)', 'png'),
        item('Picture (SVG)', 'svg'),
        item('Spans for Perfetto (Chrome JSON)', 'chrome'),
      ],
    },
    {
      title: 'Tables (CSV)',
      items: TABLE_NAMES.map((table) =>
        item(table.charAt(0).toUpperCase() + table.slice(1), 'csv', table),
      ),
    },
  ];
}
