import { NO_INTERVALS } from '../derived/intervals.ts';
import type { RankDerived } from '../derived/rank-derived.ts';
import { median } from '../derived/statistics.ts';
import { formatPercent, formatTime, shortKernelName } from '../derived/wording.ts';
import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import { defineDetector } from './detector.ts';
import { evidenceSourceOf, MAX_EVIDENCE, placeOf, spanEvidence } from './finding-draft.ts';

/** How much faster such kernels become at least; four to sixteen times is what the hardware could do. */
const SPEEDUP = 2;

export const precision = defineDetector({
  id: 'precision',
  title: 'Matrix kernels run in full precision',
  needs: [
    'fullPrecision',
    'partner',
    'mainLane',
    'steps',
    'sourceOf',
    'analyzed',
    'medianStepNs',
    'alignment',
  ],
  options: {
    sharePercent: {
      default: 20,
      description:
        'Share of the compute time, in percent, that matrix kernels in full precision must take on a device with tensor cores (DLProf).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const found = tables.ranks.flatMap((rank) => {
      const { fullPrecision } = rank.tables;
      return fullPrecision === null ? [] : [{ rank, fullPrecision }];
    });
    if (found.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const share = median(found.map(({ fullPrecision }) => fullPrecision.sharePercent));
    if (!(share >= options.sharePercent)) {
      return;
    }
    const worst = found.reduce((most, one) =>
      one.fullPrecision.sharePercent > most.fullPrecision.sharePercent ? one : most,
    );
    const { rank, fullPrecision } = worst;
    const source = evidenceSourceOf(rank, tables);
    const [first] = fullPrecision.spans;
    const pacingNs = median(found.map((one) => one.fullPrecision.pacingNsPerStep));
    yield {
      title: 'Matrix kernels run in full precision',
      pattern: 'inefficiency',
      layer: 'compute',
      severity: 'info',
      confidence: 'low',
      ranks: found
        .filter((one) => one.fullPrecision.sharePercent >= options.sharePercent)
        .map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(pacingNs * (1 - 1 / SPEEDUP)),
      savingHow: `Half of the time of such kernels, as if tensor cores were twice as fast, counting only kernels during whose first half the next work was launched already: else the host sets the pace. Mean over steps, median over ranks. How fast they really become, only a run can tell.`,
      threshold: { name: 'sharePercent', value: options.sharePercent, measured: share },
      evidence: fullPrecision.spans
        .slice(0, MAX_EVIDENCE)
        .map((span) => spanEvidence(source, span)),
      ...placeOf(findPlace(rank.tables, rank.trace, fullPrecision.spans)),
      why: `${formatPercent(share)} of the compute time goes to matrix products and convolutions in single precision outside the tensor cores, such as ${shortKernelName(rank.trace.strings[rank.trace.spans.name[first]])}; those that keep the GPU busy take ${formatTime(pacingNs)} a step. Whether the model bears less precision, the trace cannot say.`,
      advice: ADVICE,
      repair: {
        condition: `these kernels were ${SPEEDUP} times as fast`,
        changes: [
          {
            kind: 'scale',
            spans: tables.ranks.map(({ tables: { fullPrecision: own } }) => own?.spans ?? []),
            factor: 1 / SPEEDUP,
          },
        ],
      },
      claims: tables.ranks.map(
        ({ tables: { fullPrecision: own } }) => own?.intervals ?? NO_INTERVALS,
      ),
      generality: 1,
    };
  },
});

const ADVICE = [
  {
    text: 'Train in mixed precision: torch.autocast("cuda", dtype=torch.bfloat16), with float16 and a gradient scaler on devices before Ampere.',
    link: 'https://docs.pytorch.org/docs/stable/amp.html',
  },
  {
    text: 'From Ampere on, allow TF32 for what stays in single precision: torch.set_float32_matmul_precision("high").',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.set_float32_matmul_precision.html',
  },
  {
    text: 'Make sizes multiples of 8: odd ones keep kernels off the tensor cores.',
    link: 'https://docs.nvidia.com/deeplearning/performance/dl-performance-matrix-multiplication/index.html',
  },
];

/** The backward pass runs on a thread without functions of the user: the forward pass tells the place. */
function findPlace(
  { partner, mainLane, sourceOf }: Pick<RankDerived, 'partner' | 'mainLane' | 'sourceOf'>,
  trace: Trace,
  kernels: readonly SpanIndex[],
): SourceCandidates {
  const isForward = (kernel: SpanIndex): boolean =>
    partner[kernel] >= 0 && trace.spans.lane[partner[kernel]] === mainLane;
  return sourceOf(kernels.find(isForward) ?? kernels[0]);
}
