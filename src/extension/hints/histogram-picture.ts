import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import { drawHistogram, type HistogramColors } from '../../core/hints/histogram-svg.ts';
import type { LineCost } from '../../core/model/report.ts';

const DARK: HistogramColors = {
  text: '#cccccc',
  bar: '#4e8fd0',
  mark: '#f0c674',
  baseline: '#b5a0e0',
};
const LIGHT: HistogramColors = {
  text: '#3b3b3b',
  bar: '#3f7fbf',
  mark: '#8a4b00',
  baseline: '#6a3fb5',
};
const COLORS: Readonly<Record<vscode.ColorThemeKind, HistogramColors>> = {
  [vscode.ColorThemeKind.Light]: LIGHT,
  [vscode.ColorThemeKind.Dark]: DARK,
  [vscode.ColorThemeKind.HighContrast]: {
    text: '#ffffff',
    bar: '#3ea6ff',
    mark: '#ffff00',
    baseline: '#e0b0ff',
  },
  [vscode.ColorThemeKind.HighContrastLight]: {
    text: '#000000',
    bar: '#0f4a85',
    mark: '#8a0000',
    baseline: '#5a00a0',
  },
};

/** How the times of a line are spread over the steps; null where the report does not tell. */
export function pictureOf(
  { histogram, perStep, baseline = null }: LineCost,
  theme: vscode.ColorThemeKind,
): { readonly source: string; readonly alt: string } | null {
  if (histogram === undefined || perStep.count < 2) {
    return null;
  }
  const marks = [
    { atNs: perStep.p50Ns, label: `p50 ${formatDuration(perStep.p50Ns)}`, color: 'mark' as const },
    { atNs: perStep.p95Ns, label: `p95 ${formatDuration(perStep.p95Ns)}`, color: 'mark' as const },
    ...(baseline === null
      ? []
      : [
          {
            atNs: baseline.p50Ns,
            label: vscode.l10n.t('baseline {0}', formatDuration(baseline.p50Ns)),
            color: 'baseline' as const,
          },
        ]),
  ];
  const words = {
    counted: vscode.l10n.t('steps'),
    above: histogram.above === 0 ? '' : vscode.l10n.t('{0} longer', histogram.above),
  };
  const svg = drawHistogram(histogram, marks, words, COLORS[theme]);
  return {
    source: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
    alt: vscode.l10n.t(
      'Times of {0} steps from {1} to {2}: half take up to {3}, 95 % up to {4}',
      perStep.count,
      formatDuration(histogram.fromNs),
      formatDuration(histogram.toNs),
      formatDuration(perStep.p50Ns),
      formatDuration(perStep.p95Ns),
    ),
  };
}
