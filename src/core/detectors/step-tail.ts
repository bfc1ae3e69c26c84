import { NO_INTERVALS } from '../derived/intervals.ts';
import { quantileOfSorted, sortedCopy } from '../derived/statistics.ts';
import { describeCarrier, findCarrier, type StepCarrier } from '../derived/step-carrier.ts';
import { restOfEachStep } from '../derived/time-budget.ts';
import { countOf, formatPercent, formatTime } from '../derived/wording.ts';
import { type Layer, layerOf, type Phase } from '../model/phase.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  isExplainedByOthers,
  isTailExplained,
  MAX_EVIDENCE,
  placeOf,
  stepEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'steps',
  'hostPhases',
  'nesting',
  'mainLane',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface Tail {
  readonly rank: NeededRank<Name>;
  readonly p50Ns: number;
  readonly p95Ratio: number;
  readonly p99Ratio: number;
  /** Rows of the steps that make the tail, longest first. */
  readonly slow: readonly number[];
  readonly excessNs: number;
  readonly percent: number;
}

export const stepTail = defineDetector({
  id: 'step-tail',
  title: 'Some steps take far longer than most',
  needs: NEEDS,
  options: {
    minimumSteps: {
      default: 20,
      description: 'Analyzed steps needed to speak of a tail at all.',
      minimum: 5,
      maximum: 100_000,
    },
    p95Ratio: {
      default: 1.5,
      description: 'How many times the median step the 95th percentile must take (nsys-ai).',
      minimum: 1,
      maximum: 1_000,
    },
    p99Ratio: {
      default: 2,
      description:
        'How many times the median step the 99th percentile must take, where the 95th does not tell (SageMaker Debugger).',
      minimum: 1,
      maximum: 1_000,
    },
    warningPercent: {
      default: 5,
      description:
        'Share of all the time, in percent, that slow steps must cost beyond the median to be a warning.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const tails = tables.ranks
      .map((rank) => tailOf(rank, tables, options.minimumSteps, options.p95Ratio))
      .filter((tail) => tail !== null);
    const [worst] = tails
      .filter((tail) => tail.p95Ratio >= options.p95Ratio || tail.p99Ratio >= options.p99Ratio)
      .sort((a, b) => b.percent - a.percent) as (Tail | undefined)[];
    if (worst === undefined) {
      return;
    }
    const { rank, slow } = worst;
    const typical = typicalOf(worst, tables.analyzed[rank.row].rows);
    const carrier = findCarrier(rank.trace, rank.tables, slow, typical, worst.excessNs);
    const source = evidenceSourceOf(rank, tables);
    const ascending = [...slow].sort((a, b) => a - b);
    const claim = restOfEachStep(rank.tables.steps, ascending, () => worst.p50Ns);
    const savingNsPerStep = Math.round(worst.excessNs / tables.analyzed[rank.row].rows.length);
    const byP95 = worst.p95Ratio >= options.p95Ratio;
    yield {
      title: 'Some steps take far longer than most',
      pattern: 'tail-latency',
      layer: layerOfTail(carrier.phase),
      severity: worst.percent >= options.warningPercent ? 'warning' : 'info',
      confidence: slow.length >= 3 ? 'high' : 'medium',
      ranks: [rank.rank],
      steps: slow.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep,
      savingHow: 'What slow steps take beyond the median step, spread over all analyzed steps.',
      threshold: byP95
        ? { name: 'p95Ratio', value: options.p95Ratio, measured: worst.p95Ratio }
        : { name: 'p99Ratio', value: options.p99Ratio, measured: worst.p99Ratio },
      evidence: slow.slice(0, MAX_EVIDENCE).map((row) => stepEvidence(source, row)),
      ...placeOf(rank.tables.sourceOf(carrier.span)),
      why: explain(worst, carrier, tables.ranks.length),
      advice: ADVICE,
      claims: tables.ranks.map(({ row }) => (row === rank.row ? claim : NO_INTERVALS)),
      generality: 3,
      reassess: (remaining, taken) =>
        tails.some(
          (tail) =>
            sharesSlowSteps(tail, worst) &&
            isTailExplained(taken[tail.rank.row], tail.rank.tables.steps, {
              ...tail,
              typical: typicalOf(tail, tables.analyzed[tail.rank.row].rows),
            }),
        ) || isExplainedByOthers(remaining, savingNsPerStep, tables.medianStepNs)
          ? null
          : { severity: remaining >= options.warningPercent ? 'warning' : 'info' },
    };
  },
});

const ADVICE = [
  {
    text: 'Open a slow step and a typical one side by side on the timeline: the longer phase shows where to look.',
  },
  {
    text: 'If slow steps come at regular distances, look for what runs every N steps: checkpoints, logging, validation, garbage collection.',
    link: 'https://docs.python.org/3/library/gc.html',
  },
  {
    text: 'If their inputs differ in shape, compilation or autotuning may run again: mark dynamic shapes, or pad to a few sizes.',
    link: 'https://docs.pytorch.org/docs/stable/torch.compiler_dynamic_shapes.html',
  },
];

function tailOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  minimumSteps: number,
  slowRatio: number,
): Tail | null {
  const { rows, durations } = analyzed[rank.row];
  if (rows.length < minimumSteps) {
    return null;
  }
  const sorted = sortedCopy(durations);
  const p50Ns = quantileOfSorted(sorted, 0.5);
  const order = [...rows.keys()].sort((a, b) => durations[b] - durations[a]);
  const slow = order.filter((i) => durations[i] >= slowRatio * p50Ns);
  const excessNs = slow.reduce((sum, i) => sum + durations[i] - p50Ns, 0);
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return {
    rank,
    p50Ns,
    p95Ratio: quantileOfSorted(sorted, 0.95) / p50Ns,
    p99Ratio: quantileOfSorted(sorted, 0.99) / p50Ns,
    slow: slow.map((i) => rows[i]),
    excessNs,
    percent: (100 * excessNs) / total,
  };
}

function typicalOf({ slow }: Tail, rows: readonly number[]): number[] {
  const isSlow = new Set(slow);
  return rows.filter((row) => !isSlow.has(row));
}

/** Ranks that train together have their slow steps together: what explains one of them explains the others. */
function sharesSlowSteps(tail: Tail, worst: Tail): boolean {
  const numbersOf = ({ rank, slow }: Tail): number[] =>
    slow.map((row) => rank.tables.steps.number[row]);
  const own = new Set(numbersOf(tail));
  const shared = numbersOf(worst).filter((number) => own.has(number));
  return shared.length >= worst.slow.length / 2;
}

function layerOfTail(phase: Phase | null): Layer {
  return phase === null ? 'orchestration' : layerOf(phase);
}

function explain(
  { rank, p50Ns, p95Ratio, p99Ratio, slow, percent }: Tail,
  carrier: StepCarrier,
  rankCount: number,
): string {
  const steps = rankCount === 1 ? 'the steps' : `the steps of rank ${rank.rank}`;
  return `Half of ${steps} take ${formatTime(p50Ns)} or less, but p95 is ${p95Ratio.toFixed(1)} and p99 ${p99Ratio.toFixed(1)} times that: ${countOf(slow.length, 'slow step')} cost ${formatPercent(percent)} of all the time. ${describeCarrier(rank.trace, carrier)}`;
}
