import { toRunTime } from './model/rank-clock.ts';
import { type DerivedRank, deriveRun, type RunDerived } from './derived/run-derived.ts';
import type { RankDerived } from './derived/rank-derived.ts';
import { DETECTORS, type DetectorOptions } from './detectors/registry.ts';
import { runDetectors } from './detectors/run-detectors.ts';
import type { RunSummary } from './model/baseline.ts';
import type { Report } from './model/report.ts';
import type { Run } from './model/run.ts';
import type { Analysis, RankTables } from './model/tables.ts';
import { buildReport } from './report/build-report.ts';
import { lineTimesOf } from './report/compare-lines.ts';
import { costLines } from './report/lines.ts';

export interface AnalyzeOptions {
  /** Looked at between stages; a stage is one rank's tables or the report. */
  readonly signal?: AbortSignal;
  /** Called before each stage, with what it is and the share of stages done, 0 to 1. */
  readonly onProgress?: (stage: string, share: number) => void;
  /** Called once with the tables of all ranks, when these are there and the detectors and the report are not. */
  readonly onTables?: (tables: Omit<Analysis, 'report'>) => void;
  /** Thresholds by detector id and option; what is left out keeps its default. */
  readonly detectors?: DetectorOptions;
  readonly tool?: Report['tool'];
  /** The run to compare with. */
  readonly baseline?: RunSummary | null;
  /** Why there is none although one was named, as a sentence; the health of the report tells it. */
  readonly baselineProblem?: string | null;
}

const TOOL: Report['tool'] = { name: 'training-sleuth', version: '0.0.0' };

const COSTLY_TABLES = ['gaps', 'collectives'] as const;

/** Derives the tables of every rank, runs the detectors and writes the report. Throws only what `signal` throws. */
export function analyzeRun(run: Run, options: AnalyzeOptions = {}): Analysis {
  const derived = deriveRun(run, options.baseline ?? null);
  const stages = run.ranks.length + 2;
  const begin = (stage: string, done: number): void => {
    options.signal?.throwIfAborted();
    options.onProgress?.(stage, done / stages);
  };
  derived.ranks.forEach((rank, row) => {
    begin(`Finding steps and gaps of rank ${rank.rank}`, row);
    computeAhead(rank);
  });
  const tables = {
    run,
    ranks: derived.ranks.map((_, row) => rankTables(derived, row)),
    matches: derived.alignment.matches,
    isComparable: derived.alignment.isComparable,
    ...bounds(derived),
  };
  options.onTables?.(tables);
  begin('Looking for bottlenecks', run.ranks.length);
  const detected = runDetectors(DETECTORS, derived, options.detectors ?? {});
  begin('Writing the report', run.ranks.length + 1);
  const report = buildReport(run.name, derived, detected, {
    tool: options.tool ?? TOOL,
    baselineProblem: options.baselineProblem ?? null,
  });
  return { ...tables, report };
}

/**
 * Touches the costly tables, so that each rank is a stage of its own. Where the columns of a trace may
 * leave the memory, all tables are computed while they are there.
 */
function computeAhead({ trace, tables }: DerivedRank): void {
  const isAll = trace.spillable !== undefined;
  const names = isAll ? (Object.keys(tables) as (keyof RankDerived)[]) : COSTLY_TABLES;
  for (const name of names) {
    try {
      touch(tables[name]);
    } catch {
      // It throws again for the detector that needs it, whose failure the report tells.
    }
  }
}

/** A table is computed when it is asked for. */
function touch(table: unknown): unknown {
  return table;
}

function rankTables({ ranks, alignment }: RunDerived, row: number): RankTables {
  const { rank, tables } = ranks[row];
  return {
    rank,
    clock: alignment.clocks[row],
    get nesting() {
      return tables.nesting;
    },
    get phases() {
      return tables.phases.own;
    },
    get inheritedPhases() {
      return tables.phases.inherited;
    },
    get hostPhases() {
      return tables.loopPhases;
    },
    get devicePhases() {
      return tables.devicePhases;
    },
    get steps() {
      return tables.steps;
    },
    get busy() {
      return tables.busy;
    },
    get gaps() {
      return tables.gaps;
    },
    get partner() {
      return tables.partner;
    },
    get mainLane() {
      return tables.mainLane;
    },
    sourceOf: (span) => tables.sourceOf(span),
  };
}

/** From the first start to the last end of all ranks' spans, in run time. */
function bounds({ ranks, alignment }: RunDerived): Pick<Analysis, 'startNs' | 'endNs'> {
  let startNs = Infinity;
  let endNs = -Infinity;
  ranks.forEach(({ tables: { extent } }, row) => {
    const clock = alignment.clocks[row];
    startNs = Math.min(startNs, toRunTime(clock, extent.startNs));
    endNs = Math.max(endNs, toRunTime(clock, extent.endNs));
  });
  return endNs < startNs ? { startNs: 0, endNs: 0 } : { startNs, endNs };
}

/** What later runs can be compared with, as a baseline. */
export function summarizeBaseline(run: Run): RunSummary {
  const derived = deriveRun(run);
  return { ...derived.summary, lines: lineTimesOf(costLines(derived)) };
}
