import type { SyntaxNode } from '@lezer/common';
import type { Finding } from '../../model/report.ts';
import { loaderAt } from '../data-loaders.ts';
import { datasetFacts } from '../dataset-facts.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import { knownNumber } from '../known-number.ts';
import { NUM_WORKERS_POSITION } from '../loader-workers.ts';
import type { PythonCode } from '../python-code.ts';
import { isBrokenAround } from '../python-scope.ts';
import type { Fix, Fixer } from './fix.ts';

const USUAL_WORKERS = 4;
const LEAST_WORKERS = 2;
const MOST_WORKERS = 8;
/** Workers beyond those that just keep up, as batches do not all take the same time. */
const RESERVE = 1.25;

export const numWorkers: Fixer = {
  id: 'num-workers',
  purpose: 'loading',
  detectors: ['data-stall', 'data-single-worker', 'data-slow-stage', 'data-tail', 'serial-phases'],
  offer(code, { line }, finding) {
    const loader = loaderAt(code, line);
    if (loader === null || unpacksArguments(loader, code) || isBrokenAround(loader)) {
      return null;
    }
    const { repeatsInWorkers, isOnDevice } = datasetFacts(loader, code);
    const given = argumentOf(loader, code, 'num_workers', NUM_WORKERS_POSITION);
    if (repeatsInWorkers || isOnDevice) {
      return null;
    }
    const { workers, why } = chooseWorkers(finding);
    return given === null
      ? describe(workers, why, addKeyword(loader, code, `num_workers=${workers}`))
      : raise(given, workers, why, code);
  },
};

/** Only a 0 that the file itself gives is changed: other numbers were chosen by someone. */
function raise(given: SyntaxNode, workers: number, why: string, code: PythonCode): Fix | null {
  const known = knownNumber(given, code);
  return known?.value === 0
    ? describe(workers, why, [replaceNode(known.literal, String(workers))])
    : null;
}

function describe(workers: number, why: string, edits: Fix['edits']): Fix {
  return {
    title: `Load batches in ${workers} worker processes (num_workers=${workers})`,
    explanation: `${why} Batches are then prepared beside the step rather than in turn with it. Take no more workers than each rank has CPU cores. Each worker holds a copy of what the dataset keeps in memory, and on Windows and macOS the script needs an “if __name__ == "__main__":”. A dataset that is iterated, not indexed, must split its samples by get_worker_info().`,
    edits,
    link: 'https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading',
  };
}

/** As many as load a batch in the time that the rest of the step takes, where the finding tells it. */
function chooseWorkers(finding: Finding | null): { workers: number; why: string } {
  const percent = shareOfLoading(finding);
  if (percent === null) {
    return { workers: USUAL_WORKERS, why: `${USUAL_WORKERS} workers a GPU are the usual start.` };
  }
  const ratio = percent / Math.max(100 - percent, 1);
  const needed = Math.ceil(ratio * RESERVE);
  const workers = Math.min(MOST_WORKERS, Math.max(LEAST_WORKERS, needed));
  const share = `Loading takes ${percent.toFixed(0)} % of the step, ${ratio.toFixed(1)} times the rest of it:`;
  return {
    workers,
    why:
      needed > MOST_WORKERS
        ? `${share} ${needed} workers would be needed to keep up; ${MOST_WORKERS} are a start, then make loading itself cheaper.`
        : `${share} ${workers} workers keep up with some reserve.`,
  };
}

function shareOfLoading(finding: Finding | null): number | null {
  const isOfLoading = finding?.id === 'data-stall' || finding?.id === 'data-single-worker';
  const percent = isOfLoading ? finding.threshold.measured : 0;
  return percent > 0 && percent <= 100 ? percent : null;
}
