import { formatNumber } from '../base/format.ts';
import type { Bar, Split } from './split.ts';

export interface NamedBar {
  readonly name: string;
  readonly bar: Bar;
}

export interface ChosenBars {
  readonly bars: readonly NamedBar[];
  /** What is said of the ranks that are not shown; empty where all are. */
  readonly sentence: string;
}

/** Bars of more ranks would be a texture. */
const MAX_BARS = 8;
/** Ranks that differ by less are alike. In percent of the step. */
const ALIKE_PERCENT = 1;

/** All ranks where they are few; of many the run, and the extremes and the median of what differs most. */
export function chooseBars({ parts, run, ranks }: Split): ChosenBars {
  if (ranks.length <= MAX_BARS) {
    return { bars: ranks.map((bar) => ({ name: nameOf(bar), bar })), sentence: '' };
  }
  const spreads = parts.map((_, i) => {
    const sorted = [...ranks].sort((a, b) => a.shares[i] - b.shares[i]);
    return { i, sorted, spread: sorted[sorted.length - 1].shares[i] - sorted[0].shares[i] };
  });
  const { i, sorted, spread } = spreads.reduce((most, next) =>
    next.spread > most.spread ? next : most,
  );
  const least = sorted[0];
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const most = sorted[sorted.length - 1];
  const all = { name: 'all ranks', bar: run };
  if (spread < ALIKE_PERCENT) {
    return {
      bars: [all],
      sentence: `${formatNumber(ranks.length)} ranks are alike: no part differs by more than ${percent(spread)} of the step between them.`,
    };
  }
  return {
    bars: [
      all,
      ...[
        { place: 'least', bar: least },
        { place: 'median', bar: median },
        { place: 'most', bar: most },
      ].map(({ place, bar }) => ({
        name: `${place} ${percent(bar.shares[i])} · ${nameOf(bar)}`,
        bar,
      })),
    ],
    sentence: `Of ${formatNumber(ranks.length)} ranks: ${parts[i].name} differs most, by ${percent(spread)} of the step.`,
  };
}

export function nameOf({ rank }: Bar): string {
  return rank === null ? 'all ranks' : `rank ${rank}`;
}

function percent(value: number): string {
  return `${value.toFixed(1)}\u202f%`;
}
