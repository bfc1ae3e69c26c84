import { formatDuration } from '../base/format.ts';
import { h, replaceChildren } from '../base/dom.ts';
import { CAUSE_COLORS, CAUSE_WORDS, PHASE_COLORS } from '../base/palette.ts';
import type { CounterFacts } from './counter-layer.ts';
import type { RectangleFacts } from './window-data.ts';

const OFFSET_PX = 14;

/** Follows the pointer with what lies under it. */
export class Tooltip {
  readonly element = h('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });

  show(facts: RectangleFacts, x: number, y: number): void {
    const swatch = h('span', { class: 'swatch' });
    swatch.style.background =
      facts.cause === null ? PHASE_COLORS[facts.phase] : CAUSE_COLORS[facts.cause];
    replaceChildren(
      this.element,
      h('div', { class: 'tooltip-title' }, swatch, titleOf(facts)),
      h('div', {}, subtitleOf(facts)),
      facts.kind === 'phase' && facts.name !== '' ? h('div', { class: 'muted' }, facts.name) : null,
    );
    this.#place(x, y);
  }

  showCounter({ name, value, timeNs }: CounterFacts, x: number, y: number): void {
    replaceChildren(
      this.element,
      h('div', { class: 'tooltip-title' }, name),
      h('div', {}, `${value} · at ${formatDuration(timeNs)}`),
    );
    this.#place(x, y);
  }

  hide(): void {
    this.element.hidden = true;
  }

  #place(x: number, y: number): void {
    this.element.hidden = false;
    const { offsetWidth, offsetHeight } = this.element;
    const left = Math.min(x + OFFSET_PX, window.innerWidth - offsetWidth - 8);
    const isBelow = y + OFFSET_PX + offsetHeight < window.innerHeight;
    this.element.style.left = `${Math.max(4, left)}px`;
    this.element.style.top = `${isBelow ? y + OFFSET_PX : y - offsetHeight - 6}px`;
  }
}

function titleOf(facts: RectangleFacts): string {
  switch (facts.kind) {
    case 'gap':
      return `Idle · ${facts.cause === null ? '' : CAUSE_WORDS[facts.cause]}`;
    case 'phase':
      return facts.phase;
    case 'span':
      return facts.name;
    case 'merged':
      return `${facts.count} spans`;
  }
}

function subtitleOf(facts: RectangleFacts): string {
  const duration = formatDuration(facts.endNs - facts.startNs);
  if (facts.kind === 'merged') {
    return `within ${duration}; double-click to come nearer`;
  }
  const isPhased = facts.kind === 'span' && facts.phase !== 'none';
  return isPhased ? `${duration} · ${facts.phase}` : duration;
}
