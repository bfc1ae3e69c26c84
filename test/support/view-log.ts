import { PHASES } from '../../src/core/model/phase.ts';
import type { Trace } from '../../src/core/model/trace.ts';

/** Number, start and duration in seconds. */
export type StepView = readonly [step: number, startS: number, durationS: number];

function rowsOf({ lanes }: Trace, name: string): number[] {
  return lanes.flatMap((lane) =>
    lane.name === name ? Array.from({ length: lane.count }, (_, i) => lane.first + i) : [],
  );
}

export function stepsOf(trace: Trace): StepView[] {
  const { spans } = trace;
  return rowsOf(trace, 'steps').map((row) => [
    spans.step![row] - 1,
    spans.start[row] / 1e9,
    spans.duration[row] / 1e9,
  ]);
}

/** Parts in order of time: name, phase, start and duration in milliseconds. */
export function partsOf(trace: Trace, lane = 'main'): [string, string, number, number][] {
  const { spans, strings } = trace;
  return rowsOf(trace, lane).map((row) => [
    strings[spans.name[row]],
    PHASES[spans.recordedPhase![row]],
    spans.start[row] / 1e6,
    spans.duration[row] / 1e6,
  ]);
}

export function counterOf({ counters, strings }: Trace, name: string): number[] {
  return [...counters.value].filter((_, i) => strings[counters.series[i]] === name);
}

export function countsOf({ counts }: Trace): [read: number, kept: number, dropped: number] {
  return [counts.read, counts.kept, counts.dropped];
}

export function reasonsOf({ problems }: Trace): string[] {
  return problems.map(({ reason }) => reason);
}
