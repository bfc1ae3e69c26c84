import { NO_INTERVALS } from '../derived/intervals.ts';
import { phaseTimes } from '../derived/step-carrier.ts';
import { restOfEachStep } from '../derived/time-budget.ts';
import { fitTrend, type Trend } from '../derived/trend.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import { layerOf, PHASES, type Phase } from '../model/phase.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import { isExplainedByOthers, MAX_EVIDENCE, stepEvidence } from './finding-draft.ts';

const NEEDS = ['steps', 'hostPhases', 'analyzed', 'medianStepNs', 'alignment'] as const;
type Name = (typeof NEEDS)[number];

interface Drift extends Trend {
  readonly rank: NeededRank<Name>;
  /** Of where the line begins. */
  readonly percent: number;
}

/** A phase is named if it grows by this share of what the step grows by. */
const PHASE_SHARE = 0.5;
export const stepDrift = defineDetector({
  id: 'step-drift',
  title: 'Steps grow longer',
  needs: NEEDS,
  options: {
    minimumSteps: {
      default: 50,
      description: 'Analyzed steps needed to speak of a trend at all.',
      minimum: 10,
      maximum: 100_000,
    },
    minimumPercent: {
      default: 5,
      description:
        'How much longer, in percent, the last steps must be than the first, along the line of Theil and Sen.',
      minimum: 0,
      maximum: 1_000,
    },
    warningPercent: {
      default: 10,
      description: 'How much longer, in percent, from which it is a warning.',
      minimum: 0,
      maximum: 1_000,
    },
    chancePercent: {
      default: 1,
      description:
        'How probable, in percent, such a trend may at most be in steps without one (test of Mann and Kendall).',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const drifts = tables.ranks
      .map((rank) => driftOf(rank, tables, options.minimumSteps))
      .filter((drift) => drift !== null)
      .filter(
        ({ percent, pValue }) =>
          percent >= options.minimumPercent && 100 * pValue <= options.chancePercent,
      )
      .sort((a, b) => b.percent - a.percent);
    if (drifts.length === 0) {
      return;
    }
    const [worst] = drifts;
    const { rank, total, percent } = worst;
    const { rows } = tables.analyzed[rank.row];
    const { steps } = rank.tables;
    const phase = growingPhase(worst, rows);
    const isWarning = percent >= options.warningPercent;
    const savingNsPerStep = Math.round(total / 2);
    const source = { ...rank, steps, offsetNs: tables.alignment.offsets[rank.row] };
    yield {
      title: `Steps grow longer: by ${formatPercent(percent)}`,
      pattern: 'inefficiency',
      layer: phase === null ? 'orchestration' : layerOf(phase),
      severity: isWarning ? 'warning' : 'info',
      confidence: 'medium',
      ranks: drifts.map((drift) => drift.rank.rank),
      steps: rows.map((row) => steps.number[row]),
      savingNsPerStep,
      savingHow:
        'What the steps take beyond the first along the line of Theil and Sen: half of its rise, on average over all analyzed steps.',
      threshold: {
        name: isWarning ? 'warningPercent' : 'minimumPercent',
        value: isWarning ? options.warningPercent : options.minimumPercent,
        measured: percent,
      },
      evidence: spreadOut(rows).map((row) => stepEvidence(source, row)),
      location: null,
      annotations: [],
      why: explain(worst, phase, rows.length, tables.ranks.length),
      advice: ADVICE,
      claims: tables.ranks.map(({ row }) =>
        row === rank.row ? claimOf(worst, rows) : NO_INTERVALS,
      ),
      generality: 1,
      reassess: (remaining) =>
        isExplainedByOthers(remaining, savingNsPerStep, tables.medianStepNs) ? null : {},
    };
  },
});

const ADVICE = [
  {
    text: 'Put a late step beside an early one: the phase that has grown is the cause.',
  },
  {
    text: 'If it is the host: look for lists that grow (losses kept with their graph, metrics of all steps) and at memory; keep loss.item() or loss.detach(), not loss.',
    link: 'https://docs.pytorch.org/docs/stable/notes/faq.html#my-model-reports-cuda-runtime-error-2-out-of-memory',
  },
  {
    text: 'If it is the GPU: look at its temperature and clocks; a GPU that heats up slows down.',
    link: 'https://docs.nvidia.com/deploy/nvidia-smi/index.html',
  },
];

function driftOf(
  rank: NeededRank<Name>,
  { analyzed }: NeededTables<Name>,
  minimumSteps: number,
): Drift | null {
  const { rows, durations } = analyzed[rank.row];
  const trend = rows.length < minimumSteps ? null : fitTrend(durations);
  return trend === null || trend.start <= 0
    ? null
    : { ...trend, rank, percent: (100 * trend.total) / trend.start };
}

function growingPhase({ rank, total }: Drift, rows: readonly number[]): Phase | null {
  const growths = phaseTimes(rank.tables.hostPhases, rank.tables.steps).map(
    (times) => fitTrend(rows.map((row) => times[row]))?.total ?? 0,
  );
  const most = growths.indexOf(Math.max(...growths));
  return growths[most] >= PHASE_SHARE * total ? PHASES[most] : null;
}

/** At most {@link MAX_EVIDENCE} rows from the first to the last. */
function spreadOut(rows: readonly number[]): number[] {
  const count = Math.min(MAX_EVIDENCE, rows.length);
  return Array.from(
    { length: count },
    (_, i) => rows[Math.round((i * (rows.length - 1)) / (count - 1))],
  );
}

function explain(
  { rank, start, total, percent, pValue }: Drift,
  phase: Phase | null,
  stepCount: number,
  rankCount: number,
): string {
  const where = rankCount === 1 ? '' : ` of ${nameRanks([rank.rank])}`;
  const chance = pValue < 0.001 ? 'less than 1 in 1,000' : `1 in ${Math.round(1 / pValue)}`;
  const carrier =
    phase === null
      ? 'No single phase of the main thread grows with them.'
      : `It is the phase ${phase} that grows.`;
  return `Over ${stepCount} steps the typical step${where} grows from ${formatTime(start)} to ${formatTime(start + total)}, by ${formatPercent(percent)}; the chance of such a trend in steps that only vary is ${chance}. ${carrier}`;
}

/** The last part of each step: what it takes beyond the first along the line. */
function claimOf(
  { rank, total }: Drift,
  rows: readonly number[],
): ReturnType<typeof restOfEachStep> {
  const { steps } = rank.tables;
  const slope = total / (rows.length - 1);
  const orderOf = new Map(rows.map((row, i) => [row, i]));
  return restOfEachStep(
    steps,
    rows,
    (row) => steps.end[row] - steps.start[row] - slope * (orderOf.get(row) ?? 0),
  );
}
