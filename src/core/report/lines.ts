import { countUpTo } from '../derived/intervals.ts';
import { laneRange } from '../derived/lane-range.ts';
import type { DerivedRank, RunDerived } from '../derived/run-derived.ts';
import { median } from '../derived/statistics.ts';
import { PHASES } from '../model/phase.ts';
import type { LineCost } from '../model/report.ts';
import type { Steps } from '../model/tables.ts';
import type { SpanIndex } from '../model/units.ts';
import { histogramOf } from './histogram.ts';
import { identifyCalls } from './identify-spans.ts';
import { identifyLines, type LineIdentity } from './line-identity.ts';
import { stepTimeOf } from './step-time.ts';

/** More hints than this no file shows. */
const MAX_LINES = 200;
/** What fills this share of every step is around the loop and says nothing of the step. */
const WHOLE_STEP = 0.995;

/** A line and its time on one rank. */
interface Cost {
  readonly identity: LineIdentity;
  /** By row of steps. */
  readonly perStep: Float64Array;
  /** By index of phases. */
  readonly perPhase: Float64Array;
  /** Time up to here is counted: what is nested in itself counts once. */
  until: number;
}

interface Line {
  readonly identity: LineIdentity;
  readonly perPhase: Float64Array;
  /** By analysed step of all ranks. */
  readonly values: number[];
  readonly shares: number[];
  readonly byRank: LineCost['byRank'][number][];
}

/** Per analysed step: what recorded lines, annotations and the user's functions take, the costliest first. */
export function costLines({ ranks, analyzed }: RunDerived): LineCost[] {
  const lines = new Map<string, Line>();
  ranks.forEach((rank, row) => {
    const { rows, durations } = analyzed[row];
    for (const { identity, perStep, perPhase } of rows.length === 0 ? [] : costsOf(rank)) {
      const values = rows.map((step) => perStep[step]);
      const line = lines.get(identity.key) ?? {
        identity,
        perPhase: new Float64Array(PHASES.length),
        values: [],
        shares: [],
        byRank: [],
      };
      lines.set(identity.key, line);
      perPhase.forEach((time, phase) => (line.perPhase[phase] += time));
      const shares = values.map((value, i) => (100 * value) / durations[i]);
      values.forEach((value) => line.values.push(value));
      shares.forEach((share) => line.shares.push(share));
      line.byRank.push({
        rank: rank.rank,
        p50Ns: Math.round(median(values)),
        sharePercent: median(shares),
      });
    }
  });
  return [...lines.values()]
    .flatMap(toLineCost)
    .sort((a, b) => b.sharePercent - a.sharePercent || b.perStep.meanNs - a.perStep.meanNs)
    .slice(0, MAX_LINES);
}

function toLineCost({ identity, perPhase, values, shares, byRank }: Line): LineCost[] {
  const perStep = stepTimeOf(values);
  if (perStep === null || perStep.meanNs === 0) {
    return [];
  }
  const histogram = histogramOf(values);
  const most = perPhase.reduce((best, time, phase) => (time > perPhase[best] ? phase : best), 0);
  return [
    {
      name: identity.name,
      phase: PHASES[most],
      location: identity.location,
      perStep,
      sharePercent: median(shares),
      byRank,
      occursIn: values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0),
      ...(histogram === null ? {} : { histogram }),
      ...(identity.location?.call === undefined ? {} : { call: identity.key }),
    },
  ];
}

function costsOf({ trace, tables }: DerivedRank): Cost[] {
  const { steps, mainLane } = tables;
  const costs = new Map<string, Cost>();
  const identify = identifyLines(trace);
  const identifyCall = identifyCalls(trace, mainLane, steps);
  const { first, end } = laneRange(trace, mainLane);
  for (let i = first; i < end; i++) {
    for (const identity of [identify(i), identifyCall(i)]) {
      if (identity !== null) {
        const cost = costs.get(identity.key) ?? emptyCost(identity, steps.length);
        costs.set(identity.key, cost);
        addSpan(cost, trace, tables, i);
      }
    }
  }
  return [...costs.values()].filter(({ perStep }) => !fillsEveryStep(perStep, steps));
}

function emptyCost(identity: LineIdentity, steps: number): Cost {
  return {
    identity,
    perStep: new Float64Array(steps),
    perPhase: new Float64Array(PHASES.length),
    until: -Infinity,
  };
}

function addSpan(
  cost: Cost,
  { spans }: DerivedRank['trace'],
  { steps, phases }: DerivedRank['tables'],
  i: SpanIndex,
): void {
  const start = Math.max(spans.start[i], cost.until);
  const stop = spans.start[i] + spans.duration[i];
  if (stop > start) {
    addToSteps(cost.perStep, steps, start, stop);
    cost.perPhase[phases.inherited[i]] += stop - start;
    cost.until = stop;
  }
}

function addToSteps(perStep: Float64Array, steps: Steps, start: number, end: number): void {
  for (let step = Math.max(0, countUpTo(steps.start, start) - 1); step < steps.length; step++) {
    if (steps.start[step] >= end) {
      break;
    }
    perStep[step] += Math.max(
      0,
      Math.min(end, steps.end[step]) - Math.max(start, steps.start[step]),
    );
  }
}

function fillsEveryStep(perStep: Float64Array, { start, end }: Steps): boolean {
  return perStep.every((time, step) => time >= WHOLE_STEP * (end[step] - start[step]));
}
