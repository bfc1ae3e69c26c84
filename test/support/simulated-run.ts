import { readTrace } from '../../src/core/formats/read-trace.ts';
import { mergeTraces } from '../../src/core/runs/merge-traces.ts';
import type { Run } from '../../src/core/model/run.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { traceFilesOf } from '../../src/simulator/files-of.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { HEALTHY_RUN, type SimulationConfig } from '../../src/simulator/simulation-config.ts';
import type { SimulatedRun } from '../../src/simulator/simulated-run.ts';
import { bytesInChunks } from './read-bytes.ts';

/** A healthy run with these differences; those of `recording`, `loader` and the like are merged. */
export function simulationOf(changes: Changes<SimulationConfig>, seed = 1): SimulatedRun {
  return simulate(configOf(changes), seed);
}

export type Changes<T> = {
  readonly [K in keyof T]?: T[K] extends readonly unknown[]
    ? T[K]
    : T[K] extends object
      ? Partial<T[K]>
      : T[K];
};

export function configOf(changes: Changes<SimulationConfig>): SimulationConfig {
  return {
    ...HEALTHY_RUN,
    ...changes,
    model: { ...HEALTHY_RUN.model, ...changes.model },
    loader: { ...HEALTHY_RUN.loader, ...changes.loader },
    communication: { ...HEALTHY_RUN.communication, ...changes.communication },
    recording: { ...HEALTHY_RUN.recording, ...changes.recording },
    clock: { ...HEALTHY_RUN.clock, ...changes.clock },
  };
}

/** The texts of a rank's files by name. */
export function textsOf(simulated: SimulatedRun, rank: number): Map<string, string> {
  const pieces = new Map<string, string[]>();
  for (const { file, text } of traceFilesOf(simulated, rank)) {
    pieces.set(file, [...(pieces.get(file) ?? []), text]);
  }
  return new Map([...pieces].map(([file, texts]) => [file, texts.join('')]));
}

/** The run as its files tell it, read by the product's own readers. */
export async function readSimulated(simulated: SimulatedRun): Promise<Run> {
  const ranks = [];
  for (let rank = 0; rank < simulated.config.ranks; rank++) {
    const traces: Trace[] = [];
    for (const text of textsOf(simulated, rank).values()) {
      const source = bytesInChunks(new TextEncoder().encode(text), 1 << 20);
      traces.push(await readTrace(source, { signal: new AbortController().signal }));
    }
    const trace = traces.reduce((first, next) => mergeTraces(first, next, 'worker'));
    ranks.push({ rank, file: `rank${rank}`, trace });
  }
  return { name: 'simulated', ranks };
}
