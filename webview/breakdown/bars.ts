import { h } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { inkOn } from '../base/pen.ts';
import type { ChosenBars, NamedBar } from './choose-bars.ts';
import type { Bar, Part, Split } from './split.ts';
import { tenthsOf } from './tenths.ts';

/** Of the row; below it a number has no room even in a wide editor. */
const MIN_LABELED_PERCENT = 3;
/** Of the row; less is a hair, which says nothing. */
const MIN_DRAWN_PERCENT = 0.3;
/** More bars than this are thin and have no numbers. */
const MAX_THICK_BARS = 4;

/** A share, with the time of a mean step that it stands for: `61.7 % · 24 ms`. */
export function shareText(tenths: number, ns: number): string {
  return `${percentText(tenths)} · ${formatDuration(ns)}`;
}

export function percentText(tenths: number): string {
  return `${tenths.toFixed(1)}\u202f%`;
}

export function timeOf(bar: Bar, part: number): number {
  return (bar.stepNs * bar.shares[part]) / 100;
}

/** Stacked bars on one scale, as a list that can be read out. */
export function renderBars(split: Split, { bars }: ChosenBars): HTMLElement {
  const longest = bars.reduce((most, { bar }) => Math.max(most, bar.wholePercent), 0);
  const isThin = bars.length > MAX_THICK_BARS;
  return h(
    'ul',
    { class: `bars${isThin ? ' thin' : ''}`, 'aria-label': 'Breakdown by rank' },
    ...bars.map((named) => renderBar(split, named, { longest, isThin })),
  );
}

function renderBar(
  { parts }: Split,
  { name, bar }: NamedBar,
  { longest, isThin }: { longest: number; isThin: boolean },
): HTMLElement {
  const tenths = tenthsOf(bar.shares);
  const words = parts
    .map((part, i) => `${part.name} ${shareText(tenths[i], timeOf(bar, i))}`)
    .filter((_, i) => bar.shares[i] > 0);
  const segments = parts.flatMap((part, i) => {
    const width = (100 * bar.shares[i]) / Math.max(1e-9, longest);
    if (width < MIN_DRAWN_PERCENT) {
      return [];
    }
    const text = !isThin && width >= MIN_LABELED_PERCENT ? percentText(tenths[i]) : '';
    const title = `${name}: ${part.name} ${shareText(tenths[i], timeOf(bar, i))} a step`;
    return [renderSegment(part, { width, text, title })];
  });
  return h(
    'li',
    { class: 'bar-row' },
    h('span', { class: 'bar-name' }, name),
    h('span', { class: 'only-read' }, words.join(', ')),
    h('span', { class: 'bar', 'aria-hidden': 'true' }, ...segments),
  );
}

function renderSegment(
  part: Part,
  { width, text, title }: { width: number; text: string; title: string },
): HTMLElement {
  const element = h('span', { class: 'segment', title }, text === '' ? null : h('span', {}, text));
  element.style.width = `${width}%`;
  paintGround(element, part);
  return element;
}

/** The color of a part, hatched where it is idle time. */
export function paintGround(element: HTMLElement, { color, isIdle }: Part): void {
  element.classList.toggle('idle', isIdle);
  if (isIdle) {
    element.style.borderColor = color;
    element.style.background = `repeating-linear-gradient(135deg, ${color} 0 2px, transparent 2px 6px)`;
  } else {
    element.style.background = color;
    element.style.color = inkOn(color);
  }
}
