import { formatDuration } from '../../base/format-duration.ts';
import type { Histogram } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';

/** Any CSS color. */
export interface HistogramColors {
  readonly text: string;
  readonly bar: string;
  readonly mark: string;
  readonly baseline: string;
}

export interface HistogramMark {
  readonly atNs: Nanoseconds;
  readonly label: string;
  readonly color: 'mark' | 'baseline';
}

/** What the picture says beside its numbers, in the language of the user. */
export interface HistogramWords {
  /** Of the axis of counts, such as `steps`. */
  readonly counted: string;
  /** `12 longer`; empty where none is. */
  readonly above: string;
}

export const HISTOGRAM_WIDTH = 340;
export const HISTOGRAM_HEIGHT = 116;
const LEFT = 34;
const RIGHT = 14;
const TOP = 30;
const BASE = 92;
const FONT = 'font-family="sans-serif" font-size="11"';
/** Of a letter of the font, on average; only to keep labels apart. */
const LETTER_WIDTH = 6;

/**
 * How often a line took which time, as an SVG of a fixed size: bars over an axis of time, marks above them.
 * It holds no script, no link and no style; all text in it is escaped.
 */
export function drawHistogram(
  { fromNs, toNs, counts, above }: Histogram,
  marks: readonly HistogramMark[],
  words: HistogramWords,
  colors: HistogramColors,
): string {
  const plotWidth = HISTOGRAM_WIDTH - LEFT - RIGHT;
  const most = Math.max(1, ...counts);
  const barWidth = plotWidth / counts.length;
  const xOf = (ns: number): number =>
    LEFT + (toNs > fromNs ? clamp((ns - fromNs) / (toNs - fromNs)) : 0.5) * plotWidth;
  const bars = counts.map((count, i) => {
    const height = (count / most) * (BASE - TOP);
    return height === 0
      ? ''
      : `<rect x="${round(LEFT + i * barWidth + 0.5)}" y="${round(BASE - height)}" width="${round(Math.max(1, barWidth - 1))}" height="${round(height)}" fill="${escape(colors.bar)}"/>`;
  });
  const ends = [
    text(LEFT, BASE + 15, formatDuration(fromNs), colors.text, 'start'),
    text(
      HISTOGRAM_WIDTH - RIGHT,
      BASE + 15,
      above === 0 ? formatDuration(toNs) : `${formatDuration(toNs)} · ${words.above}`,
      colors.text,
      'end',
    ),
    text(LEFT - 4, TOP + 8, String(most), colors.text, 'end'),
    text(LEFT - 4, BASE, '0', colors.text, 'end'),
    text(2, 11, words.counted, colors.text, 'start'),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${HISTOGRAM_WIDTH}" height="${HISTOGRAM_HEIGHT}" viewBox="0 0 ${HISTOGRAM_WIDTH} ${HISTOGRAM_HEIGHT}">`,
    ...bars,
    `<path d="M${LEFT} ${BASE + 0.5}H${HISTOGRAM_WIDTH - RIGHT}" stroke="${escape(colors.text)}"/>`,
    ...drawMarks(marks, xOf, colors),
    ...ends,
    '</svg>',
  ].join('');
}

/** A line and its label for each; a label that would cover the one before is put a row lower, then left out. */
function drawMarks(
  marks: readonly HistogramMark[],
  xOf: (ns: number) => number,
  colors: HistogramColors,
): string[] {
  const rowEnds = [LEFT, 0];
  return [...marks]
    .sort((a, b) => a.atNs - b.atNs)
    .map(({ atNs, label, color }) => {
      const x = round(xOf(atNs));
      const half = (label.length * LETTER_WIDTH) / 2;
      const middle = Math.min(Math.max(x, half + 2), HISTOGRAM_WIDTH - half - 2);
      const row = rowEnds.findIndex((end) => middle - half > end);
      const stroke = escape(colors[color]);
      const line = `<path d="M${x} ${TOP - 3}V${BASE}" stroke="${stroke}" stroke-width="1.5"${color === 'baseline' ? ' stroke-dasharray="3 2"' : ''}/>`;
      if (row < 0) {
        return line;
      }
      rowEnds[row] = middle + half + 4;
      return line + text(middle, row === 0 ? 11 : 24, label, colors[color], 'middle');
    });
}

function text(
  x: number,
  y: number,
  content: string,
  color: string,
  anchor: 'start' | 'middle' | 'end',
): string {
  return `<text x="${round(x)}" y="${round(y)}" ${FONT} fill="${escape(color)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function escape(value: string): string {
  return value
    .slice(0, 80)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
