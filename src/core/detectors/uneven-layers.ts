import { NO_INTERVALS } from '../derived/intervals.ts';
import type { LayerTime, LayerTimes } from '../derived/layer-times.ts';
import { median } from '../derived/statistics.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector } from './detector.ts';
import { evidenceSourceOf, placeOf, spanEvidence } from './finding-draft.ts';

export const unevenLayers = defineDetector({
  id: 'uneven-layers',
  title: 'One layer takes longer than its like',
  needs: ['layerTimes', 'steps', 'sourceOf', 'analyzed', 'medianStepNs', 'alignment'],
  options: {
    ratio: {
      default: 1.5,
      description:
        'How many times the median of the modules of its class the forward pass of one must take.',
      minimum: 1,
      maximum: 1_000,
    },
    excessPercent: {
      default: 5,
      description:
        'Share of the forward pass of all these modules, in percent, that it must take beyond the median.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = tables.ranks
      .map((rank) => ({ rank, outlier: outlierOf(rank.tables.layerTimes) }))
      .filter(
        ({ outlier }) =>
          outlier !== null &&
          outlier.ratio >= options.ratio &&
          outlier.excessPercent >= options.excessPercent,
      );
    const [first] = found;
    if (found.length === 0 || first.outlier === null || tables.medianStepNs === 0) {
      return;
    }
    const { rank, outlier } = first;
    const { layer, typicalNs, ratio, count, className } = outlier;
    const source = evidenceSourceOf(rank, tables);
    yield {
      title: 'One layer takes longer than its like',
      pattern: 'resource-imbalance',
      layer: 'compute',
      severity: 'info',
      confidence: 'medium',
      ranks: found.map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: 0,
      savingHow:
        'None is counted: layers may differ by design. Only where they are split over devices does the longest hold up the others.',
      threshold: { name: 'ratio', value: options.ratio, measured: ratio },
      evidence: [spanEvidence(source, layer.span)],
      ...placeOf(rank.tables.sourceOf(layer.span)),
      why: `The kernels of the forward pass of ${layer.name.replace('nn.Module: ', '')} take ${formatTime(layer.timeNs)} a step, those of the ${count} modules of class ${className} ${formatTime(typicalNs)} at the median: ${ratio.toFixed(2)} times as long, ${formatPercent(outlier.excessPercent)} of them all.`,
      advice: ADVICE,
      claims: tables.ranks.map(() => NO_INTERVALS),
      generality: 2,
    };
  },
});

const ADVICE = [
  {
    text: 'If the model is split into pipeline stages, give the stage with this layer fewer of the others.',
    link: 'https://docs.pytorch.org/docs/stable/distributed.pipelining.html',
  },
  {
    text: 'If the layers should be alike, compare the shapes that this one gets: record with record_shapes=True.',
    link: 'https://docs.pytorch.org/docs/stable/profiler.html',
  },
];

interface Outlier {
  readonly layer: LayerTime;
  readonly className: string;
  readonly count: number;
  readonly typicalNs: number;
  readonly ratio: number;
  /** Beyond the median, of the time of all these layers. */
  readonly excessPercent: number;
}

function outlierOf(times: LayerTimes | null): Outlier | null {
  if (times === null) {
    return null;
  }
  const layer = times.layers.reduce((most, one) => (one.timeNs > most.timeNs ? one : most));
  const typicalNs = median(times.layers.map(({ timeNs }) => timeNs));
  const total = times.layers.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return typicalNs === 0
    ? null
    : {
        layer,
        className: times.className,
        count: times.layers.length,
        typicalNs,
        ratio: layer.timeNs / typicalNs,
        excessPercent: (100 * (layer.timeNs - typicalNs)) / total,
      };
}
