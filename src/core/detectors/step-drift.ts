import { type Intervals, NO_INTERVALS } from '../derived/intervals.ts';
import { mean, median } from '../derived/statistics.ts';
import { type Drift, findDrift } from '../derived/drift.ts';
import { describeCarrier, findCarrier, type StepCarrier } from '../derived/step-carrier.ts';
import { stepDurations } from '../derived/step-windows.ts';
import { restOfEachStep } from '../derived/time-budget.ts';
import { formatPercent, formatTime, nameRanks } from '../derived/wording.ts';
import { layerOf } from '../model/phase.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import { evidenceSourceOf, MAX_EVIDENCE, placeOf, stepEvidence } from './finding-draft.ts';

const NEEDS = [
  'steps',
  'hostPhases',
  'nesting',
  'mainLane',
  'sourceOf',
  'analyzed',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankDrift extends Drift {
  readonly rank: NeededRank<Name>;
  /** Of the first fifth of the steps. */
  readonly percent: number;
}

/** The first and the last steps that are compared, as a share of all. */
const END_SHARE = 0.2;
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
        'How much longer, in percent, the last steps must be than the first: along the line of Theil and Sen, or the last fifth against the first.',
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
      .map((rank) => driftOf(rank, tables, options))
      .filter((drift) => drift !== null)
      .filter(({ percent }) => percent >= options.minimumPercent)
      .sort((a, b) => b.percent - a.percent);
    if (drifts.length === 0) {
      return;
    }
    const [worst] = drifts;
    const { rank, percent } = worst;
    const { rows } = tables.analyzed[rank.row];
    const { steps } = rank.tables;
    const carrier = carrierOf(worst, rows);
    const isWarning = percent >= options.warningPercent;
    const source = evidenceSourceOf(rank, tables);
    const claims = tables.ranks.map(({ row }) => {
      const drift = drifts.find((one) => one.rank.row === row);
      return drift === undefined ? NO_INTERVALS : claimOf(drift, tables.analyzed[row].rows);
    });
    yield {
      title: `Steps grow longer: by ${formatPercent(percent)}`,
      pattern: 'inefficiency',
      layer: carrier.phase === null ? 'orchestration' : layerOf(carrier.phase),
      severity: isWarning ? 'warning' : 'info',
      confidence: 'medium',
      ranks: drifts.map((drift) => drift.rank.rank),
      steps: rows.map((row) => steps.number[row]),
      savingNsPerStep: Math.round(mean(worst.rises)),
      savingHow:
        'What the steps take beyond the first fifth of them, on average: medians of ten blocks of steps, so that single slow steps do not count.',
      threshold: {
        name: isWarning ? 'warningPercent' : 'minimumPercent',
        value: isWarning ? options.warningPercent : options.minimumPercent,
        measured: percent,
      },
      evidence: spreadOut(rows).map((row) => stepEvidence(source, row)),
      ...placeOf(rank.tables.sourceOf(carrier.span)),
      why: explain(worst, carrier, rows.length, tables.ranks.length),
      advice: ADVICE,
      repair: {
        condition: 'steps stayed as short as the first ones',
        changes: [{ kind: 'cut', intervals: claims }],
      },
      claims,
      generality: -1,
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
  limits: { readonly minimumSteps: number; readonly chancePercent: number },
): RankDrift | null {
  const { rows, durations } = analyzed[rank.row];
  const drift =
    rows.length < limits.minimumSteps ? null : findDrift(durations, limits.chancePercent / 100);
  return drift === null ? null : { ...drift, rank, percent: (100 * drift.total) / drift.start };
}

/** What the last fifth of the steps spends more time in than the first. */
function carrierOf({ rank }: RankDrift, rows: readonly number[]): StepCarrier {
  const count = Math.max(1, Math.round(END_SHARE * rows.length));
  const early = rows.slice(0, count);
  const late = rows.slice(-count);
  const usual = median(stepDurations(rank.tables.steps, early));
  const excessNs = stepDurations(rank.tables.steps, late).reduce(
    (sum, duration) => sum + duration - usual,
    0,
  );
  return findCarrier(rank.trace, rank.tables, late, early, excessNs);
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
  { rank, start, percent, pValue }: RankDrift,
  carrier: StepCarrier,
  stepCount: number,
  rankCount: number,
): string {
  const where = rankCount === 1 ? '' : ` of ${nameRanks([rank.rank])}`;
  const chance = pValue < 0.001 ? 'less than 1 in 1,000' : `1 in ${Math.round(1 / pValue)}`;
  return `Over ${stepCount} steps the typical step${where} grows from ${formatTime(start)} to ${formatTime(start * (1 + percent / 100))}, by ${formatPercent(percent)}; the chance of such a trend in steps that only vary is ${chance}. ${describeCarrier(rank.trace, carrier)}`;
}

/** The last part of each step: what it takes beyond the start. */
function claimOf({ rank, rises }: RankDrift, rows: readonly number[]): Intervals {
  const { steps } = rank.tables;
  const riseAt = new Map(rows.map((row, i) => [row, rises[i]]));
  return restOfEachStep(
    steps,
    rows,
    (row) => steps.end[row] - steps.start[row] - (riseAt.get(row) ?? 0),
  );
}
