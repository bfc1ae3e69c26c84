import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Of a step of 20 ms. */
const MAX_PERCENT = 0.5;
const STEP_NS = 20e6;

interface Overhead {
  readonly python: string;
  /** What the steps do. */
  readonly work: string;
  readonly spans: number;
  readonly spanNs: number;
  /** Of all calls of the recorder in one step. */
  readonly callsNs: number;
  readonly stepNs: number;
  /** What the recorder adds to a step that works, and the standard error of that. */
  readonly addedNs: number;
  readonly errorNs: number;
}

/** What the recorder costs a step of 20 ms, with `PYTHON` or else python3. */
export function measureRecorder(folder: string): {
  readonly lines: string[];
  readonly isGood: boolean;
} {
  const python = process.env['PYTHON'] ?? 'python3';
  const words = [
    join(import.meta.dirname, 'record_overhead.py'),
    join(ROOT, 'recorder'),
    join(folder, 'recorded'),
  ];
  let output: string;
  try {
    output = execFileSync(python, words, { encoding: 'utf8' });
  } catch (error) {
    return { lines: [`The recorder was not measured: ${String(error)}`], isGood: false };
  }
  const overhead = JSON.parse(output) as Overhead;
  const callsPercent = (100 * overhead.callsNs) / STEP_NS;
  const addedPercent = (100 * overhead.addedNs) / overhead.stepNs;
  const errorPercent = (100 * overhead.errorNs) / overhead.stepNs;
  return {
    lines: [
      `The recorder in a step of 20 ms with ${overhead.spans} spans, Python ${overhead.python}; medians of the thread's own time.`,
      '',
      row('one span', `${(overhead.spanNs / 1e3).toFixed(1)} µs`),
      row('all calls of a step', `${(overhead.callsNs / 1e3).toFixed(1)} µs`),
      row('of 20 ms', `${callsPercent.toFixed(2)} %`),
      row(
        `added to ${(overhead.stepNs / 1e6).toFixed(1)} ms of ${overhead.work}`,
        `${addedPercent.toFixed(2)} ± ${errorPercent.toFixed(2)} %`,
      ),
    ],
    isGood: callsPercent < MAX_PERCENT && addedPercent - 2 * errorPercent < MAX_PERCENT,
  };
}

function row(name: string, value: string): string {
  return `${name.padEnd(56)}${value.padStart(16)}`;
}
