import assert from 'node:assert/strict';
import {
  drawHistogram,
  HISTOGRAM_HEIGHT,
  HISTOGRAM_WIDTH,
  type HistogramMark,
} from '../../../src/core/hints/histogram-svg.ts';
import { histogramOf } from '../../../src/core/report/histogram.ts';
import { plainSpaces } from '../../support/plain-spaces.ts';

const COLORS = { text: '#111111', bar: '#222222', mark: '#333333', baseline: '#444444' };
const WORDS = { counted: 'steps', above: '' };

function numbers(svg: string, element: string, attribute: string): number[] {
  return [...svg.matchAll(new RegExp(`<${element} [^>]*?\\b${attribute}="([^"]*)"`, 'g'))].map(
    ([, value]) => Number(value),
  );
}

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) =>
    plainSpaces(content),
  );
}

describe('the picture of how the times of a line are spread', () => {
  const histogram = { fromNs: 2e6, toNs: 6e6, counts: [1, 4, 0, 2], above: 0 };

  it('has a bar for each bin that counts any, as high as its count', () => {
    const svg = drawHistogram(histogram, [], WORDS, COLORS);
    const heights = numbers(svg, 'rect', 'height');
    const highest = Math.max(...heights);
    assert.deepEqual(
      heights.map((height) => Number((height / highest).toFixed(2))),
      [0.25, 1, 0.5],
    );
    const bottoms = numbers(svg, 'rect', 'y').map((y, i) => y + heights[i]);
    assert.equal(new Set(bottoms.map((y) => y.toFixed(1))).size, 1, 'all stand on the axis');
    const [first, second, fourth] = numbers(svg, 'rect', 'x');
    assert.ok(Math.abs((fourth - second) / (second - first) - 2) < 0.01, 'the empty bin has room');
  });

  it('names the ends of its axes with units', () => {
    assert.deepEqual(texts(drawHistogram(histogram, [], WORDS, COLORS)), [
      '2 ms',
      '6 ms',
      '4',
      '0',
      'steps',
    ]);
    const above = drawHistogram(
      { ...histogram, above: 3 },
      [],
      { ...WORDS, above: '3 longer' },
      COLORS,
    );
    assert.ok(texts(above).includes('6 ms · 3 longer'));
  });

  it('puts marks where their times are', () => {
    const marks: HistogramMark[] = [
      { atNs: 2e6, label: 'p50', color: 'mark' },
      { atNs: 4e6, label: 'base', color: 'baseline' },
      { atNs: 6e6, label: 'p95', color: 'mark' },
    ];
    const svg = drawHistogram(histogram, marks, WORDS, COLORS);
    const xs = [...svg.matchAll(/<path d="M([\d.]+) [\d.]+V/g)].map(([, x]) => Number(x));
    assert.equal(xs.length, 3);
    assert.ok(Math.abs(xs[1] - (xs[0] + xs[2]) / 2) < 0.11);
    assert.deepEqual(
      texts(svg).filter((text) => ['p50', 'base', 'p95'].includes(text)),
      ['p50', 'base', 'p95'],
    );
    assert.ok(svg.includes(COLORS.baseline) && svg.includes('stroke-dasharray'));
  });

  it('keeps the labels of marks that lie on each other apart', () => {
    const at = (atNs: number, label: string): HistogramMark => ({ atNs, label, color: 'mark' });
    const marks = [at(4e6, 'p50 4 ms'), at(4.01e6, 'p95 4.01 ms'), at(4.02e6, 'baseline 4.02 ms')];
    const svg = drawHistogram(histogram, marks, WORDS, COLORS);
    const labels = [...svg.matchAll(/y="([\d.]+)"[^>]*>(p50|p95|baseline)/g)];
    assert.deepEqual(
      labels.map(([, y, label]) => [y, label]),
      [
        ['11', 'p50'],
        ['24', 'p95'],
      ],
    );
    assert.equal(svg.match(/<path d="M[\d.]+ [\d.]+V/g)?.length, 3);
  });

  it('stays within its size, whatever the numbers', () => {
    const random = [0, 1e-9, 5, 1e18, 3e9, 7, 7, 7];
    const drawn = histogramOf(random) ?? assert.fail('no histogram');
    const far: HistogramMark[] = [{ atNs: 1e30, label: 'x'.repeat(500), color: 'mark' }];
    const svg = drawHistogram(drawn, far, WORDS, COLORS);
    const [xs, widths] = [numbers(svg, 'rect', 'x'), numbers(svg, 'rect', 'width')];
    assert.ok(xs.every((x, i) => x >= 0 && x + widths[i] <= HISTOGRAM_WIDTH + 1));
    assert.ok(numbers(svg, 'rect', 'y').every((y) => y >= 0 && y <= HISTOGRAM_HEIGHT));
    assert.ok(svg.length < 8_000, `${svg.length} characters`);
    assert.ok(!svg.includes('NaN') && !svg.includes('Infinity'));
  });

  it('takes all text as text', () => {
    const evil = '</text><script>alert(1)</script>&"';
    const svg = drawHistogram(
      histogram,
      [{ atNs: 3e6, label: evil, color: 'mark' }],
      { counted: evil, above: evil },
      { ...COLORS, text: '"/><script>' },
    );
    assert.ok(!svg.includes('<script'), svg);
    assert.ok(!/fill="[^"]*"\/><script/.test(svg));
  });
});
