import type { FrameLoop } from '../base/frame-loop.ts';
import type { PageContext } from '../page-context.ts';
import type { Store } from '../store.ts';
import { asShown, shiftsOf } from './alignment.ts';
import { clampRange, type TimeRange } from '../time-range.ts';

const ANIMATION_MS = 180;
let current = 0;

/** Brings a range into view, gliding there unless the user asked for less motion. */
export function moveTo(
  { store, frames }: { readonly store: Store; readonly frames: FrameLoop },
  target: TimeRange,
  whole: TimeRange,
): void {
  const from = store.range.get();
  const to = clampRange(target, whole);
  const id = ++current;
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    store.range.set(to);
    return;
  }
  const began = performance.now();
  const step = () => {
    if (id !== current) {
      return;
    }
    const share = Math.min(1, (performance.now() - began) / ANIMATION_MS);
    store.range.set(share === 1 ? to : between(from, to, 1 - (1 - share) ** 3));
    if (share < 1) {
      frames.request(step);
    }
  };
  frames.request(step);
}

/** Brings times of one rank into view, when they are shown. */
export function moveToRank(context: PageContext, rank: number, target: TimeRange): void {
  const shift = shiftsOf(context.store.alignment.get())(rank);
  moveTo(context, asShown(target, shift), context.run.overview);
}

/** Lengths change by the same factor in each frame: that is what looks even. */
function between(from: TimeRange, to: TimeRange, share: number): TimeRange {
  const a = from.endNs - from.startNs;
  const b = to.endNs - to.startNs;
  const length = a * (b / a) ** share;
  const progress = Math.abs(b - a) < 1e-6 * a ? share : (length - a) / (b - a);
  const startNs = from.startNs + (to.startNs - from.startNs) * progress;
  return { startNs, endNs: startNs + length };
}
