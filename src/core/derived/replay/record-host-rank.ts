import type { Steps } from '../../model/tables.ts';
import type { RankCollective } from '../rank-collectives.ts';
import { HostProgram } from './host-program.ts';
import type { RecordedRank } from './record-device-rank.ts';
import type { NodeIndex, StepGraphBuilder } from './step-graph-builder.ts';

export interface HostRank {
  /** Row of the run's ranks. */
  readonly row: number;
  readonly spanCount: number;
  readonly steps: Steps;
  /** By start. */
  readonly collectives: readonly RankCollective[];
}

/**
 * A rank without a device: its thread goes from collective to collective, and on when each has ended. What it
 * computes beside one is part of that one's time.
 */
export function recordHostRank(
  { row, spanCount, steps, collectives }: HostRank,
  builder: StepGraphBuilder,
): RecordedRank {
  const first = Math.min(steps.start[0], collectives.at(0)?.start ?? Infinity);
  const host = new HostProgram(row, first, builder);
  const nodeOf = new Int32Array(spanCount).fill(-1);
  const marks = [...new Set([...steps.start, ...steps.end])].sort((a, b) => a - b);
  const atMark = new Map<number, NodeIndex>();
  let mark = 0;
  const markUntil = (time: number): void => {
    for (; mark < marks.length && marks[mark] <= time; mark++) {
      atMark.set(marks[mark], host.advance(marks[mark]));
    }
  };
  for (const { span, start, end } of collectives) {
    markUntil(start);
    if (end > host.time) {
      nodeOf[span] = host.join(span, start, end);
    }
  }
  markUntil(Infinity);
  const boundary = (time: number): NodeIndex => atMark.get(time) ?? host.origin;
  const starts = Array.from(steps.start, boundary);
  const ends = Array.from(steps.end, boundary);
  return { origin: host.origin, starts, ends, readyStarts: starts, readyEnds: ends, nodeOf };
}
