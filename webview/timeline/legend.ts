import { PHASES } from '../../src/core/model/phase.ts';
import { h } from '../base/dom.ts';
import { PHASE_COLORS } from '../base/palette.ts';
import type { LoadedRun } from '../store.ts';

/** The phases that this run has, and what hatching means where it has a device. */
export function renderLegend({ report }: LoadedRun): HTMLElement {
  const present = new Set(
    report.ranks.flatMap((rank) =>
      rank.phases.filter(({ totalNs }) => totalNs > 0).map(({ phase }) => phase),
    ),
  );
  const items = PHASES.filter((phase) => phase !== 'none' && present.has(phase)).map((phase) => {
    const swatch = h('span', { class: 'swatch' });
    swatch.style.background = PHASE_COLORS[phase];
    return h('li', {}, swatch, phase);
  });
  const hasDevice = report.ranks.some(({ breakdown }) => breakdown !== null);
  return h(
    'div',
    { class: 'legend' },
    h('ul', { 'aria-label': 'Colors of the phases' }, ...items),
    hasDevice
      ? h('span', { class: 'muted' }, 'hatched = device idle, in the color of what it waits for')
      : null,
  );
}
