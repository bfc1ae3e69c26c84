import { kinetoOf } from './kineto/write-kineto.ts';
import { SCRIPT_FILE, trainScript } from './script/train-script.ts';
import type { SimulatedRun } from './simulated-run.ts';
import { type FileChunk, spansOf } from './spans/write-spans.ts';

/** All files of a run, in pieces: the traces of its ranks, the script and the truth. */
export function* filesOf(run: SimulatedRun): Generator<FileChunk> {
  const { format } = run.config.recording;
  yield { file: SCRIPT_FILE, text: trainScript(format) };
  const { config, seed, truth } = run;
  yield { file: 'truth.json', text: `${JSON.stringify({ ...truth, seed, config }, null, 2)}\n` };
  for (let rank = 0; rank < config.ranks; rank++) {
    yield* traceFilesOf(run, rank);
  }
}

/** The files of one rank. */
export function* traceFilesOf(run: SimulatedRun, rank: number): Generator<FileChunk> {
  if (run.config.recording.format === 'spans') {
    yield* spansOf(run, rank);
    return;
  }
  for (const text of kinetoOf(run, rank)) {
    yield { file: `rank${rank}.pt.trace.json`, text };
  }
}
