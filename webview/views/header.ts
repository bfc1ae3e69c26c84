import type { Report } from '../../src/core/model/report.ts';
import { control, h } from '../base/dom.ts';
import { formatCount, formatDuration, formatNumber } from '../base/format.ts';
import { exportAs } from '../export/export-as.ts';
import { renderExportMenu } from '../export/export-menu.ts';
import type { PageContext } from '../page-context.ts';

export interface HeaderActions {
  readonly showHealth: () => void;
  readonly showKeys: () => void;
}

/** The name of the run and what it is made of. */
export function renderHeader(context: PageContext, actions: HeaderActions): HTMLElement {
  const { report } = context.run;
  const pills = [ranksPill(report), stepsPill(report), devicePill(report), clockPill(report)];
  return h(
    'header',
    { class: 'page-head' },
    h('h1', { class: 'run-name' }, report.run.name),
    h(
      'ul',
      { class: 'pills', 'aria-label': 'About this run' },
      ...pills
        .filter((text) => text !== null)
        .map((text) => h('li', { class: 'pill' }, ...emphasizeNumber(text))),
      h('li', {}, healthPill(report, actions)),
    ),
    h(
      'div',
      { class: 'head-actions' },
      renderExportMenu((kind, table) => void exportAs(context, kind, table)),
      control(
        'vscode-button',
        {
          appearance: 'secondary',
          class: 'only-in-editor',
          click: () => void analyzeAgain(context),
        },
        'Analyze Again',
      ),
      control(
        'vscode-button',
        { appearance: 'secondary', 'aria-label': 'All keys', click: actions.showKeys },
        '?',
      ),
    ),
  );
}

/** The strip tells of progress and failure; what does not reach it is said here. */
async function analyzeAgain({ host, store }: PageContext): Promise<void> {
  try {
    await host.analyzeAgain({});
  } catch (error) {
    if (store.status.get().kind === 'ready') {
      store.notice.set(error instanceof Error ? error.message : String(error));
    }
  }
}

function ranksPill({ run, health }: Report): string {
  const count = formatCount(run.ranks.length, 'rank');
  const isPartial = health.missingRanks.length > 0 && run.worldSize !== null;
  return isPartial ? `${count} of ${formatNumber(run.worldSize)}` : count;
}

function stepsPill({ run: { steps } }: Report): string | null {
  if (steps.analyzed === 0) {
    return null;
  }
  const warmup = steps.warmup > 0 ? ` + ${formatNumber(steps.warmup)} warm-up` : '';
  return `${formatCount(steps.analyzed, 'step')}${warmup}`;
}

function devicePill({ ranks }: Report): string | null {
  const countByName = new Map<string, number>();
  for (const { device } of ranks) {
    if (device !== null) {
      countByName.set(device.name, (countByName.get(device.name) ?? 0) + 1);
    }
  }
  const texts = [...countByName].map(([name, count]) => (count > 1 ? `${name} × ${count}` : name));
  return texts.length === 0 ? null : texts.join(', ');
}

function clockPill({ health: { clock }, run }: Report): string | null {
  if (run.ranks.length < 2) {
    return null;
  }
  return clock.uncertaintyNs === null
    ? `clocks: ${clock.method}`
    : `clocks aligned ± ${formatDuration(clock.uncertaintyNs)}`;
}

const HEALTH_WORDS = { ok: 'trace healthy', notable: 'trace: see notes', poor: 'trace: poor' };

function healthPill({ health }: Report, { showHealth }: HeaderActions): HTMLElement {
  return h(
    'button',
    { type: 'button', class: `pill health-${health.level}`, click: showHealth },
    HEALTH_WORDS[health.level],
  );
}

/** The number that a text begins with stands out. */
function emphasizeNumber(text: string): readonly (HTMLElement | string)[] {
  const number = /^\d[\d\u202f]*(?= )/.exec(text)?.[0] ?? '';
  return number === '' ? [text] : [h('strong', {}, number), text.slice(number.length)];
}
