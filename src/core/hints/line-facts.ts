import { median } from '../derived/statistics.ts';
import type { LineCost, StepTime } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';

/** A p95 this much above the median is worth a word, */
const TAIL_RATIO = 1.2;
/** and so is a rank whose median differs so much from that of the others, */
const RANK_PERCENT = 10;
/** where it is at least this share of the step. */
const MIN_STEP_SHARE = 0.01;
/** The p95 of fewer steps is one of them. */
const MIN_TAIL_STEPS = 20;
/** As a regression of the whole step is one from 5 % on. */
const CHANGE_PERCENT = 5;

/** What is worth a word beside a line. */
export interface LineFacts {
  /** Of a step; of one in which it runs, where it does in less than half of them. */
  readonly timeNs: Nanoseconds;
  /** Null where it runs in most steps. */
  readonly rare: { readonly steps: number; readonly of: number } | null;
  readonly sharePercent: number;
  /** The p95, where rare steps take much longer. */
  readonly tailNs: Nanoseconds | null;
  /** The rank that differs most from the others, and by how much of what these take. */
  readonly rank: RankSpread | null;
  /** Against the baseline; null where there is none, or the difference is small. */
  readonly changePercent: number | null;
}

export interface RankSpread {
  readonly rank: number;
  readonly percent: number;
}

/** `stepTime` is that of the run. */
export function judgeLine(cost: LineCost, stepTime: StepTime | null): LineFacts {
  const { perStep, occursIn = perStep.count } = cost;
  const isRare = perStep.p50Ns === 0 && occursIn > 0;
  const changePercent = cost.baseline?.deltaPercent ?? null;
  return {
    timeNs: isRare ? (perStep.meanNs * perStep.count) / occursIn : perStep.p50Ns,
    rare: isRare ? { steps: occursIn, of: perStep.count } : null,
    sharePercent: shareOf(cost, stepTime),
    tailNs: isRare ? null : tailOf(cost, stepTime),
    rank: spreadOf(cost, stepTime),
    changePercent:
      changePercent === null || Math.abs(changePercent) < CHANGE_PERCENT ? null : changePercent,
  };
}

/** Of the median step; of all steps together, where the line runs in less than half of them. */
export function shareOf({ perStep, sharePercent }: LineCost, stepTime: StepTime | null): number {
  return perStep.p50Ns > 0 || stepTime === null || stepTime.meanNs === 0
    ? sharePercent
    : (100 * perStep.meanNs) / stepTime.meanNs;
}

function tailOf({ perStep }: LineCost, stepTime: StepTime | null): Nanoseconds | null {
  const { p50Ns, p95Ns, count } = perStep;
  const matters =
    count >= MIN_TAIL_STEPS &&
    p95Ns >= TAIL_RATIO * p50Ns &&
    p95Ns - p50Ns >= MIN_STEP_SHARE * (stepTime?.p50Ns ?? 0);
  return matters ? p95Ns : null;
}

/**
 * The rank whose median is furthest from the median of all is held against the median of the others, and told if
 * it differs by 10 % of that and 1 % of the step; of two ranks, the slower. In a collective the rank that is late
 * waits least.
 */
function spreadOf({ byRank }: LineCost, stepTime: StepTime | null): RankSpread | null {
  const times = byRank.map(({ p50Ns }) => p50Ns);
  const center = median(times);
  const furthest = times.reduce((best, time, i) => {
    const distance = Math.abs(time - center) - Math.abs(times[best] - center);
    return distance > 0 || (distance === 0 && time > times[best]) ? i : best;
  }, 0);
  const others = median(times.filter((_, i) => i !== furthest));
  const differenceNs = times[furthest] - others;
  const percent = (100 * differenceNs) / others;
  return others > 0 &&
    Math.abs(percent) >= RANK_PERCENT &&
    Math.abs(differenceNs) >= MIN_STEP_SHARE * (stepTime?.p50Ns ?? 0)
    ? { rank: byRank[furthest].rank, percent }
    : null;
}
