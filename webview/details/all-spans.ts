import type { DisposableStore } from '../../src/base/lifetime.ts';
import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { h } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { CAUSE_COLORS, PHASE_COLORS } from '../base/palette.ts';
import { describeDurations, mountDurations } from '../durations/durations.ts';
import type { PageContext } from '../page-context.ts';

/** How long all spans of its name take; null where it is the only one. */
export function renderAllSpans(
  context: PageContext,
  details: SelectionDetails,
  owned: DisposableStore,
): HTMLElement | null {
  const { all, cause, phase, durationNs } = details;
  if (all.count < 2) {
    return null;
  }
  const surface = owned.add(
    mountDurations(context, () => ({
      durations: all.durations,
      markedNs: durationNs,
      color: () => (cause === null ? PHASE_COLORS[phase] : CAUSE_COLORS[cause]),
    })),
  );
  surface.canvas.setAttribute('role', 'img');
  surface.canvas.setAttribute('aria-label', describeDurations(all.durations));
  return h(
    'div',
    { class: 'details-all' },
    h('h3', { class: 'panel-title' }, titleOf(details)),
    surface.canvas,
    h('p', { class: 'muted' }, describeAll(all)),
  );
}

function titleOf({ all, cause, selection }: SelectionDetails): string {
  const what = formatCount(all.count, cause === null ? 'such span' : 'such gap');
  return `${what} on rank ${selection.rank}`;
}

/** In the order: typical, tail, sum. */
export function describeAll({ percentiles, totalNs }: SelectionDetails['all']): string {
  const { p50Ns, p95Ns, p99Ns } = percentiles;
  const parts = [
    `p50\u00a0${formatDuration(p50Ns)}`,
    `p95\u00a0${formatDuration(p95Ns)}`,
    `p99\u00a0${formatDuration(p99Ns)}`,
    `${formatDuration(totalNs)} in\u00a0all`,
  ];
  return parts.join(' · ');
}
