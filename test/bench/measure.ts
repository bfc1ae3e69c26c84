import { execFileSync } from 'node:child_process';

const ROUNDS = 3;

export interface Measured {
  readonly ms: number;
  readonly count: number;
  readonly peakBytes: number;
  /** Of the reading before, which is not part of `ms`; absent where there is none. */
  readonly readMs?: number;
}

/** Medians of three rounds; alternating, so that what else the machine does falls on all alike. */
export function compare(
  program: string,
  ways: readonly (readonly [way: string, path: string])[],
): Measured[] {
  const results = ways.map((): Measured[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach(([way, path], i) => results[i].push(measure(program, way, path)));
  }
  return results.map((rounds) => ({
    count: rounds[0].count,
    ms: middle(rounds.map(({ ms }) => ms)),
    readMs: middle(rounds.map(({ readMs }) => readMs ?? 0)),
    peakBytes: middle(rounds.map(({ peakBytes }) => peakBytes)),
  }));
}

/** One measurement in a process of its own. */
function measure(program: string, way: string, path: string): Measured {
  const output = execFileSync(process.execPath, [program, way, path], { encoding: 'utf8' });
  return JSON.parse(output) as Measured;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
