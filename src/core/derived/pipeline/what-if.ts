import { mapInto } from '../../../base/map-into.ts';
import { isCommunication, OPERATION_KINDS, type OperationKind } from '../../model/operation.ts';
import type { WhatIf } from '../../model/report.ts';
import { mean, median } from '../statistics.ts';
import type { Operation } from './operations.ts';
import { type Replay, replaySteps } from './replay.ts';

/** The share of workers that M_W asks about (arXiv 2505.05713, equation 5). */
const WORST_WORKERS = 0.03;
/** Sends and receives of a direction are one kind. */
const FAMILIES = new Map<OperationKind, string>(
  OPERATION_KINDS.map((kind) => [kind, kind.replace(/-(send|recv)$/, '-pp-comm')]),
);
/** A smaller slowdown is not taken apart: shares of nearly nothing are noise (as the paper's tool). */
const MIN_SLOWDOWN_TO_EXPLAIN = 1.03;

/**
 * How much shorter steps would be if every operation took what its kind takes typically: the mean of
 * compute, the median of communication, over ranks and steps; and which workers, stages and kinds of
 * operations are behind it (OSDI'25, arXiv 2505.05713, equations 1 to 5). Null where no step can be
 * replayed.
 */
export function computeWhatIf(replay: Replay): WhatIf | null {
  if (replay.steps.length === 0) {
    return null;
  }
  const { operations, durations } = replay;
  const ideal = typicalDurations(replay);
  const replayedNs = mean(replaySteps(replay, durations));
  const idealNs = mean(replaySteps(replay, ideal));
  const mix = (isRecorded: (row: number) => boolean): number => {
    const mixed = ideal.slice();
    for (let i = 0; i < mixed.length; i++) {
      if (isRecorded(i)) {
        mixed[i] = durations[i];
      }
    }
    return mean(replaySteps(replay, mixed));
  };
  const slowdownBy = <K extends string | number>(keyOf: (operation: Operation) => K) => {
    const { keys, rows } = groupRows(operations, keyOf);
    return new Map(
      [...keys]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, group]) => [key, mix((row) => rows[row] === group) / idealNs] as const),
    );
  };
  const byStage = slowdownBy(({ worker }) => worker.stage);
  const byDataRank = slowdownBy(({ worker }) => worker.dataRank);
  const byRank = scoreRanks(operations, byStage, byDataRank);
  const explainedBy = (isTypical: (operation: Operation) => boolean): number | null =>
    replayedNs < MIN_SLOWDOWN_TO_EXPLAIN * idealNs
      ? null
      : (replayedNs - mix((row) => !isTypical(operations[row]))) / (replayedNs - idealNs);
  const worst = worstRanks(byRank);
  const lastStage = Math.max(...byStage.keys());
  return {
    slowdown: replayedNs / idealNs,
    byRank: Object.fromEntries(byRank),
    byStage: Object.fromEntries(byStage),
    byDataRank: Object.fromEntries(byDataRank),
    byKind: Object.fromEntries(slowdownBy(({ kind }) => FAMILIES.get(kind) ?? kind)),
    mw: explainedBy(({ worker }) => worst.has(worker.rank)),
    ms: explainedBy(({ worker }) => worker.stage === lastStage),
    recordedNs: Math.round(mean(replay.steps.map(({ recordedNs }) => recordedNs))),
    replayedNs: Math.round(replayedNs),
    idealNs: Math.round(idealNs),
    steps: replay.steps.length,
  };
}

/** By operation: what its kind takes typically. */
function typicalDurations({ operations, durations }: Replay): Float64Array {
  const rows = new Map<OperationKind, number[]>();
  operations.forEach(({ kind }, i) => {
    const own = rows.get(kind) ?? [];
    rows.set(kind, own);
    own.push(i);
  });
  const typical = durations.slice();
  for (const [kind, own] of rows) {
    const times = mapInto(new Float64Array(own.length), own, (i) => durations[i]);
    const value = isCommunication(kind) ? median(times) : mean(times);
    own.forEach((i) => (typical[i] = value));
  }
  return typical;
}

/** By operation: the row of its key. */
function groupRows<K>(operations: readonly Operation[], keyOf: (operation: Operation) => K) {
  const keys = new Map<K, number>();
  const rows = mapInto(new Uint32Array(operations.length), operations, (operation) => {
    const key = keyOf(operation);
    const row = keys.get(key) ?? keys.size;
    keys.set(key, row);
    return row;
  });
  return { keys, rows };
}

/** A replay for each rank would be too many: the smaller slowdown of its stage and of its data rank bounds it. */
function scoreRanks(
  operations: readonly Operation[],
  byStage: ReadonlyMap<number, number>,
  byDataRank: ReadonlyMap<number, number>,
): Map<number, number> {
  const scores = new Map<number, number>();
  for (const { worker } of operations) {
    const stage = byStage.get(worker.stage) ?? 1;
    scores.set(worker.rank, Math.min(stage, byDataRank.get(worker.dataRank) ?? 1));
  }
  return new Map([...scores].sort(([a], [b]) => a - b));
}

function worstRanks(byRank: ReadonlyMap<number, number>): Set<number> {
  const count = Math.ceil(WORST_WORKERS * byRank.size);
  const order = [...byRank].sort(([a, x], [b, y]) => y - x || a - b);
  return new Set(order.slice(0, count).map(([rank]) => rank));
}
