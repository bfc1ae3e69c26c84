import { countUpTo } from '../derived/intervals.ts';
import { parseFrame, isUserFile } from '../derived/frames.ts';
import { laneRange } from '../derived/lane-range.ts';
import { isLibraryAnnotation } from '../derived/sources.ts';
import type { DerivedRank, RunDerived } from '../derived/run-derived.ts';
import { median } from '../derived/statistics.ts';
import { PHASES } from '../model/phase.ts';
import type { LineCost } from '../model/report.ts';
import type { SourceLocation } from '../model/source-candidate.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import { stepTimeOf } from './step-time.ts';

/** More hints than this no file shows. */
const MAX_LINES = 200;

const PYTHON = categoryIndex('python');
const ANNOTATION = categoryIndex('annotation');
const RECORDED = categoryIndex('recorded');

/** A line, an annotation or a function, and its time in each step of one rank. */
interface Cost {
  readonly name: string;
  readonly location: SourceLocation | null;
  readonly phase: number;
  /** By row of steps. */
  readonly perStep: Float64Array;
}

/** Per analysed step: what recorded lines, annotations and the user's functions take, the costliest first. */
export function costLines({ ranks, analyzed }: RunDerived): LineCost[] {
  const byKey = new Map<
    string,
    { cost: Cost; values: number[]; byRank: LineCost['byRank'][number][] }
  >();
  ranks.forEach((rank, row) => {
    const { rows, durations } = analyzed[row];
    for (const [key, cost] of costsOf(rank)) {
      const values = rows.map((step) => cost.perStep[step]);
      const line = byKey.get(key) ?? { cost, values: [], byRank: [] };
      byKey.set(key, line);
      line.values.push(...values);
      line.byRank.push({
        rank: rank.rank,
        p50Ns: rows.length === 0 ? 0 : Math.round(median(values)),
        sharePercent:
          rows.length === 0 ? 0 : median(values.map((value, i) => (100 * value) / durations[i])),
      });
    }
  });
  return [...byKey.values()]
    .flatMap(({ cost, values, byRank }) => {
      const perStep = stepTimeOf(values);
      const sharePercent = median(byRank.map((one) => one.sharePercent));
      return perStep === null || perStep.meanNs === 0
        ? []
        : [
            {
              name: cost.name,
              phase: PHASES[cost.phase],
              location: cost.location,
              perStep,
              sharePercent,
              byRank,
            },
          ];
    })
    .sort((a, b) => b.sharePercent - a.sharePercent || b.perStep.meanNs - a.perStep.meanNs)
    .slice(0, MAX_LINES);
}

function costsOf({ trace, tables }: DerivedRank): Map<string, Cost> {
  const costs = new Map<string, Cost & { until: number }>();
  const identify = memoizeIdentity(trace);
  const { first, end } = laneRange(trace, tables.mainLane);
  for (let i = first; i < end; i++) {
    const identity = identify(i);
    if (identity === null) {
      continue;
    }
    const cost = costs.get(identity.key) ?? {
      name: identity.name,
      location: identity.location,
      phase: tables.phases.inherited[i],
      perStep: new Float64Array(tables.steps.length),
      until: -Infinity,
    };
    costs.set(identity.key, cost);
    const start = Math.max(trace.spans.start[i], cost.until);
    const stop = trace.spans.start[i] + trace.spans.duration[i];
    if (stop > start) {
      addToSteps(cost.perStep, tables.steps, start, stop);
      cost.until = stop;
    }
  }
  return new Map([...costs].filter(([, cost]) => !fillsEveryStep(cost.perStep, tables.steps)));
}

interface Identity {
  readonly key: string;
  readonly name: string;
  readonly location: SourceLocation | null;
}

/** What lines are told apart by: the recorded line, else the name of the annotation or the function. */
function memoizeIdentity(trace: Trace): (span: SpanIndex) => Identity | null {
  const { spans } = trace;
  const known = new Map<string, Identity | null>();
  return (i) => {
    const category = spans.category[i];
    if (category !== PYTHON && category !== ANNOTATION && category !== RECORDED) {
      return null;
    }
    const key = `${spans.name[i]} ${category} ${spans.file?.[i] ?? 0} ${spans.line?.[i] ?? 0}`;
    let identity = known.get(key);
    if (identity === undefined) {
      identity = identityOf(trace, i);
      known.set(key, identity);
    }
    return identity;
  };
}

function identityOf({ spans, strings }: Trace, i: SpanIndex): Identity | null {
  const name = strings[spans.name[i]];
  if (spans.category[i] === PYTHON) {
    const frame = parseFrame(name);
    return frame === null || !isUserFile(frame.file)
      ? null
      : {
          key: name,
          name: frame.function,
          location: { file: frame.file, line: frame.line, how: 'stack' },
        };
  }
  const file = strings[spans.file?.[i] ?? 0];
  const line = spans.line?.[i] ?? 0;
  if (file !== '' && line > 0) {
    return { key: `${file}:${line} ${name}`, name, location: { file, line, how: 'recorded' } };
  }
  return isLibraryAnnotation(name) ? null : { key: name, name, location: null };
}

function addToSteps(
  perStep: Float64Array,
  steps: DerivedRank['tables']['steps'],
  start: number,
  end: number,
): void {
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

/** A function around the whole loop costs every step whole: that says nothing of the step. */
function fillsEveryStep(
  perStep: Float64Array,
  { start, end }: DerivedRank['tables']['steps'],
): boolean {
  return perStep.every((time, step) => time >= 0.995 * (end[step] - start[step]));
}
